using Microsoft.EntityFrameworkCore;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Sync;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry;

/// <summary>The store of the registry.</summary>
public abstract class ModelRegistryDb(DbContextOptions options) : StoreDb(options), IOutboxDb
{
    public DbSet<ModelEntry> Models => Set<ModelEntry>();

    public DbSet<CatalogSync> Syncs => Set<CatalogSync>();

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    /// <summary>Takes over the shipped snapshot, once for each version of it.</summary>
    public override Task SeedAsync(CancellationToken cancellationToken) => Snapshot.SeedAsync(this, cancellationToken);

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.Entity<ModelEntry>(model =>
        {
            // The inverted indexes over Words and Key are in the migrations, each database's own.
            model.ToTable("models");
            model.HasKey(entry => entry.Number);
            model.Property(entry => entry.Number).ValueGeneratedOnAdd();
            model.Property(entry => entry.Source).HasMaxLength(40);
            model.Property(entry => entry.Key).HasMaxLength(200);
            model.Property(entry => entry.Id).HasMaxLength(200).IsRequired();
            model.HasIndex(entry => new { entry.Source, entry.Key }).IsUnique();
            model.HasIndex(entry => new { entry.Key, entry.Source });
            model.HasIndex(entry => new { entry.Popularity, entry.Number }).IsDescending(true, false);
            model.HasIndex(entry => new { entry.Downloads, entry.Number }).IsDescending(true, false);
            model.HasIndex(entry => new { entry.Likes, entry.Number }).IsDescending(true, false);
            model.HasIndex(entry => new { entry.Trending, entry.Number }).IsDescending(true, false);
            model.HasIndex(entry => new { entry.Created, entry.Number }).IsDescending(true, false);
            model.HasIndex(entry => new { entry.Parameters, entry.Number }).IsDescending(true, false);
            model.HasIndex(entry => new { entry.SizeBytes, entry.Number }).IsDescending(true, false);
        });
        modelBuilder.Entity<CatalogSync>(sync =>
        {
            sync.ToTable("catalog_syncs");
            sync.HasKey(s => s.Source);
            sync.Property(s => s.Source).HasMaxLength(40);
            sync.Property(s => s.LeaseOwner).HasMaxLength(100);
        });
    }
}
