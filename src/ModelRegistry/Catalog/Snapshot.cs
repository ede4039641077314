using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.ModelRegistry.Hubs;
using Terradev.ModelRegistry.Sync;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>
/// Figures of well-known models and the whole catalogues of smaller hubs, which ship with the product for days on which a hub cannot be
/// reached. Each entry tells when its hub said so.
/// </summary>
public sealed class Snapshot
{
    /// <summary>The provenance of these figures.</summary>
    public const string Origin = "snapshot";

    private static readonly string[] Files = ["pytorch-hub.csv", "reference.json", "snapshot.json", "tensorflow-hub.csv", "torchvision.csv"];
    private static readonly Lazy<Snapshot> Once = new(Read);

    private readonly Dictionary<(string Source, string Key), HubModel> _models;
    private readonly FrozenDictionary<string, string> _renamed;

    private Snapshot(IReadOnlyDictionary<string, string> renamed, IEnumerable<HubModel> models)
    {
        _models = models.ToDictionary(model => (model.Source, ModelEntry.KeyOf(model.Id)));
        _renamed = renamed.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Read when first asked for: a store that holds this version already does without.</summary>
    public static Snapshot Shipped => Once.Value;

    /// <summary>A hash of the shipped figures; another one means that they are newer than what the store took over.</summary>
    public static string Version { get; } = Hash();

    public IReadOnlyCollection<HubModel> Models => _models.Values;

    /// <summary>Finds a model by id in any capitalization, or by the name it had before its owner moved it.</summary>
    public HubModel? Find(string source, string id) => _models.GetValueOrDefault((source, ModelEntry.KeyOf(CurrentId(source, id))));

    /// <summary>The id that a hub redirects an old name to, or a handle of TensorFlow Hub without its version; other ids as they are.</summary>
    public string CurrentId(string source, string id) => source switch
    {
        HubReference.DefaultSource => _renamed.GetValueOrDefault(id, id),
        TensorFlowHubCatalog.Source => TensorFlowHubCatalog.WithoutVersion(id),
        _ => id,
    };

    internal static async Task SeedAsync(ModelRegistryDb db, CancellationToken cancellationToken)
    {
        var version = Version;
        if (await db.Syncs.AsNoTracking().AnyAsync(sync => sync.Source == Origin && sync.Mark == version, cancellationToken))
        {
            return;
        }

        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await new CatalogWriter(db).WriteAsync(Shipped.Models.Select(model => ModelEntry.Of(model, listed: IsListing(model))), cancellationToken);
            await CatalogSync.RememberAsync(db, Origin, version, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        });
    }

    // What tells nothing of a model's size stands back as soon as the hub tells anything.
    private static bool IsListing(HubModel model) => model is { Files.Count: 0, Config: null, PublishedParameters: null, StoredElements: null };

    private static string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Files)
        {
            using var content = new MemoryStream();
            using var stream = ShippedFile.Open(file);
            stream.CopyTo(content);
            hash.AppendData(content.GetBuffer().AsSpan(0, (int)content.Length));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static Snapshot Read()
    {
        var huggingFace = Content("snapshot.json");
        return new Snapshot(
            huggingFace.Renamed ?? new Dictionary<string, string>(),
            [.. huggingFace.Models, .. Content("reference.json").Models, .. TensorFlowHubCatalog.Read(), .. PyTorchHubCatalog.Read()]);
    }

    private static Document Content(string file)
    {
        using var stream = ShippedFile.Open(file);
        return JsonSerializer.Deserialize<Document>(stream, TerradevJson.Options)!;
    }

    private sealed record Document(IReadOnlyDictionary<string, string>? Renamed, IReadOnlyList<HubModel> Models);
}
