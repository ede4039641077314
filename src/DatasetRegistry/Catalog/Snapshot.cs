using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.DatasetRegistry.Hubs;

namespace Terradev.DatasetRegistry.Catalog;

/// <summary>
/// Figures of well-known datasets that ship with the product, for days on which a hub cannot be reached. Each entry tells when its
/// hub said so.
/// </summary>
public sealed class Snapshot
{
    /// <summary>The provenance of these figures.</summary>
    public const string Origin = "snapshot";

    private const string Resource = "Terradev.DatasetRegistry.Catalog.snapshot.json";

    private readonly FrozenDictionary<string, HubDataset> _datasets;
    private readonly FrozenDictionary<string, string> _renamed;

    private Snapshot(Content content)
    {
        _datasets = content.Datasets.ToFrozenDictionary(dataset => dataset.Id, StringComparer.OrdinalIgnoreCase);
        _renamed = content.Renamed.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    public static Snapshot Shipped { get; } = Read();

    public IReadOnlyCollection<HubDataset> Datasets => _datasets.Values;

    /// <summary>Finds a dataset by id in any capitalization, or by the name it had before its owner moved it.</summary>
    public HubDataset? Find(string source, string id) =>
        _datasets.GetValueOrDefault(CurrentId(source, id)) is { } dataset && dataset.Source == source ? dataset : null;

    /// <summary>The id that a hub redirects an old name to; other ids as they are.</summary>
    public string CurrentId(string source, string id) =>
        source == HubReference.DefaultSource && _renamed.TryGetValue(id, out var current) ? current : id;

    internal static async Task SeedAsync(DatasetRegistryDb db, CancellationToken cancellationToken)
    {
        var known = await db.Datasets.Where(entry => entry.FromSnapshot).ToDictionaryAsync(entry => (entry.Source, entry.Key), cancellationToken);
        var learned = await db.Datasets.Where(entry => !entry.FromSnapshot).Select(entry => new { entry.Source, entry.Key }).ToListAsync(cancellationToken);
        var skip = learned.Select(entry => (entry.Source, entry.Key)).ToHashSet();
        foreach (var dataset in Shipped.Datasets)
        {
            var key = (dataset.Source, DatasetEntry.KeyOf(dataset.Id));
            if (known.TryGetValue(key, out var entry))
            {
                entry.Learn(dataset);
            }
            else if (!skip.Contains(key))
            {
                db.Datasets.Add(DatasetEntry.Of(dataset));
            }
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private static Snapshot Read()
    {
        using var stream = typeof(Snapshot).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing from the assembly.");
        return new Snapshot(JsonSerializer.Deserialize<Content>(stream, TerradevJson.Options)!);
    }

    private sealed record Content(IReadOnlyDictionary<string, string> Renamed, IReadOnlyList<HubDataset> Datasets);
}
