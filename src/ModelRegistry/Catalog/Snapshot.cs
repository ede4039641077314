using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.ModelRegistry.Hubs;
using Terradev.ModelRegistry.Sync;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>
/// Figures of well-known models that ship with the product, for days on which a hub cannot be reached. Each entry tells when its
/// hub said so.
/// </summary>
public sealed class Snapshot
{
    /// <summary>The provenance of these figures.</summary>
    public const string Origin = "snapshot";

    private const string Resource = "Terradev.ModelRegistry.Catalog.snapshot.json";

    private readonly FrozenDictionary<string, HubModel> _models;
    private readonly FrozenDictionary<string, string> _renamed;

    private Snapshot(Content content)
    {
        _models = content.Models.ToFrozenDictionary(model => model.Id, StringComparer.OrdinalIgnoreCase);
        _renamed = content.Renamed.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    public static Snapshot Shipped { get; } = Read();

    /// <summary>A hash of the shipped figures; another one means that they are newer than what the store took over.</summary>
    public string Version { get; } = Hash();

    public IReadOnlyCollection<HubModel> Models => _models.Values;

    /// <summary>Finds a model by id in any capitalization, or by the name it had before its owner moved it.</summary>
    public HubModel? Find(string source, string id) =>
        _models.GetValueOrDefault(CurrentId(source, id)) is { } model && model.Source == source ? model : null;

    /// <summary>The id that a hub redirects an old name to; other ids as they are.</summary>
    public string CurrentId(string source, string id) =>
        source == HubReference.DefaultSource && _renamed.TryGetValue(id, out var current) ? current : id;

    internal static async Task SeedAsync(ModelRegistryDb db, CancellationToken cancellationToken)
    {
        var version = Shipped.Version;
        if (await db.Syncs.AsNoTracking().AnyAsync(sync => sync.Source == Origin && sync.Mark == version, cancellationToken))
        {
            return;
        }

        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await new CatalogWriter(db).WriteAsync(Shipped.Models.Select(model => ModelEntry.Of(model)), cancellationToken);
            await CatalogSync.RememberAsync(db, Origin, version, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        });
    }

    private static string Hash()
    {
        using var stream = Open();
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static Stream Open() => typeof(Snapshot).Assembly.GetManifestResourceStream(Resource)
        ?? throw new InvalidOperationException($"The resource {Resource} is missing from the assembly.");

    private static Snapshot Read()
    {
        using var stream = Open();
        return new Snapshot(JsonSerializer.Deserialize<Content>(stream, TerradevJson.Options)!);
    }

    private sealed record Content(IReadOnlyDictionary<string, string> Renamed, IReadOnlyList<HubModel> Models);
}
