using Microsoft.EntityFrameworkCore;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry;

/// <summary>The store of the registry.</summary>
public abstract class ModelRegistryDb(DbContextOptions options) : StoreDb(options)
{
    public DbSet<ModelEntry> Models => Set<ModelEntry>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ModelEntry>(m => { m.ToTable("models"); m.HasKey(x => new { x.Source, x.Id }); });
    }
}

public sealed class ModelEntry { public required string Source { get; init; } public required string Id { get; init; } public DateTimeOffset AsOf { get; set; } }
