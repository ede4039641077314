using Microsoft.EntityFrameworkCore;
using Terradev.ModelRegistry.Catalog;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry;

/// <summary>The store of the registry.</summary>
public abstract class ModelRegistryDb(DbContextOptions options) : StoreDb(options)
{
    public DbSet<ModelEntry> Models => Set<ModelEntry>();

    /// <inheritdoc/>
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        // Runs with every migration check, under its lock: after an update of the product the newer snapshot is taken over.
        optionsBuilder.UseAsyncSeeding((db, _, cancellationToken) => Snapshot.SeedAsync((ModelRegistryDb)db, cancellationToken));

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<ModelEntry>(model =>
    {
        model.ToTable("models");
        model.HasKey(entry => new { entry.Source, entry.Key });
        model.Property(entry => entry.Source).HasMaxLength(40);
        model.Property(entry => entry.Key).HasMaxLength(200);
        model.Property(entry => entry.Document).HasJsonConversion();
        model.HasIndex(entry => entry.Downloads);
        model.HasIndex(entry => entry.Task);
    });
}
