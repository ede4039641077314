using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.ModelRegistry.Hubs;

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

    public IReadOnlyCollection<HubModel> Models => _models.Values;

    /// <summary>Finds a model by id in any capitalization, or by the name it had before its owner moved it.</summary>
    public HubModel? Find(string source, string id) =>
        _models.GetValueOrDefault(CurrentId(source, id)) is { } model && model.Source == source ? model : null;

    /// <summary>The id that a hub redirects an old name to; other ids as they are.</summary>
    public string CurrentId(string source, string id) =>
        source == HubReference.DefaultSource && _renamed.TryGetValue(id, out var current) ? current : id;

    internal static async Task SeedAsync(ModelRegistryDb db, CancellationToken cancellationToken)
    {
        var known = await db.Models.Where(entry => entry.FromSnapshot).ToDictionaryAsync(entry => (entry.Source, entry.Key), cancellationToken);
        var learned = await db.Models.Where(entry => !entry.FromSnapshot).Select(entry => new { entry.Source, entry.Key }).ToListAsync(cancellationToken);
        var skip = learned.Select(entry => (entry.Source, entry.Key)).ToHashSet();
        foreach (var model in Shipped.Models)
        {
            var key = (model.Source, ModelEntry.KeyOf(model.Id));
            if (known.TryGetValue(key, out var entry))
            {
                entry.Learn(model);
            }
            else if (!skip.Contains(key))
            {
                db.Models.Add(ModelEntry.Of(model));
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

    private sealed record Content(IReadOnlyDictionary<string, string> Renamed, IReadOnlyList<HubModel> Models);
}
