using Microsoft.EntityFrameworkCore;
using Terradev.DatasetRegistry.Catalog;
using Terradev.ServiceDefaults;

namespace Terradev.DatasetRegistry;

/// <summary>The store of the registry.</summary>
public abstract class DatasetRegistryDb(DbContextOptions options) : StoreDb(options)
{
    public DbSet<DatasetEntry> Datasets => Set<DatasetEntry>();

    /// <inheritdoc/>
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        // Runs with every migration check, under its lock: after an update of the product the newer snapshot is taken over.
        optionsBuilder.UseAsyncSeeding((db, _, cancellationToken) => Snapshot.SeedAsync((DatasetRegistryDb)db, cancellationToken));

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<DatasetEntry>(dataset =>
    {
        dataset.ToTable("datasets");
        dataset.HasKey(entry => new { entry.Source, entry.Key });
        dataset.Property(entry => entry.Source).HasMaxLength(40);
        dataset.Property(entry => entry.Key).HasMaxLength(200);
        dataset.Property(entry => entry.Document).HasJsonConversion();
        dataset.HasIndex(entry => entry.Downloads);
        dataset.HasIndex(entry => entry.Task);
    });
}
