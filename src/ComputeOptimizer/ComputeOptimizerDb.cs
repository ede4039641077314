using Microsoft.EntityFrameworkCore;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Prices;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer;

/// <summary>The store of the optimizer: every price that was ever imported. Rows are added and never changed.</summary>
public abstract class ComputeOptimizerDb(DbContextOptions options) : StoreDb(options), IOutboxDb
{
    public DbSet<PriceSnapshot> Snapshots => Set<PriceSnapshot>();

    public DbSet<OfferRow> Offers => Set<OfferRow>();

    public DbSet<QuarantinedRow> Quarantined => Set<QuarantinedRow>();

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.ApplyConfiguration(new PriceSourceStateConfiguration());
        modelBuilder.Entity<PriceSnapshot>(snapshot =>
        {
            snapshot.ToTable("price_snapshots");
            snapshot.Property(x => x.Source).HasMaxLength(100);
            snapshot.Property(x => x.Sha256).HasMaxLength(64);
            snapshot.Property(x => x.Format).HasMaxLength(20);
            snapshot.Property(x => x.QuarantinedByRule).HasJsonConversion();
            snapshot.HasIndex(x => new { x.Source, x.Sequence }).IsUnique();
        });
        modelBuilder.Entity<QuarantinedRow>(quarantined =>
        {
            quarantined.ToTable("quarantined_prices");
            quarantined.Property(x => x.InstanceType).HasMaxLength(OfferLimits.Name);
            quarantined.Property(x => x.Region).HasMaxLength(OfferLimits.Name);
            quarantined.Property(x => x.Capacity).HasMaxLength(20);
            quarantined.Property(x => x.Rule).HasMaxLength(40);
            quarantined.Property(x => x.Detail).HasMaxLength(QuarantinedRow.LongestDetail);
            quarantined.HasOne<PriceSnapshot>().WithMany().HasForeignKey(x => x.SnapshotId);
        });
        modelBuilder.Entity<OfferRow>(offer =>
        {
            offer.ToTable("offers");
            offer.Property(x => x.Cloud).HasMaxLength(20);
            offer.Property(x => x.Region).HasMaxLength(OfferLimits.Name);
            offer.Property(x => x.Zone).HasMaxLength(OfferLimits.Name);
            offer.Property(x => x.InstanceType).HasMaxLength(OfferLimits.Name);
            offer.Property(x => x.Capacity).HasMaxLength(20);
            offer.Property(x => x.PricePerHour).HasPrecision(18, 6);
            offer.Property(x => x.PriceBasis).HasMaxLength(20);
            offer.Property(x => x.PriceSource).HasMaxLength(OfferLimits.Source);
            offer.Property(x => x.InterruptionBand).HasMaxLength(20);
            offer.Property(x => x.GpuModel).HasMaxLength(OfferLimits.Gpu);
            offer.Property(x => x.GpuVendor).HasMaxLength(20);
            offer.Property(x => x.GpuCount).HasPrecision(9, 3);
            offer.Property(x => x.GpuMemorySource).HasMaxLength(40);
            offer.Property(x => x.ComputeCapability).HasMaxLength(10);
            offer.Property(x => x.Vcpus).HasPrecision(9, 2);
            offer.Property(x => x.MemoryGiB).HasPrecision(12, 2);
            offer.Property(x => x.Architecture).HasMaxLength(20);
            offer.Property(x => x.Interconnect).HasMaxLength(20);
            offer.Property(x => x.Note).HasMaxLength(OfferLimits.Note);
            // No foreign key: both databases would look the same snapshot up for every row.
            offer.HasIndex(x => x.SnapshotId);
            offer.HasIndex(x => new { x.InstanceType, x.Region, x.Capacity });
        });
    }
}
