using System.Linq.Expressions;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>The columns that a list shows and orders by; documents stay where they are.</summary>
internal sealed record ModelRow(
    long Number, string Source, string Key, string Id, string? Title, string? Task, string? Library, string? License, bool Gated, long Parameters, long SizeBytes,
    long Downloads, long Likes, long Stars, long Trending, long Popularity, long Created, DateTimeOffset? LastModified, string Tags, string Origin, DateTimeOffset AsOf)
{
    public static readonly Expression<Func<ModelEntry, ModelRow>> FromEntry = entry => new ModelRow(
        entry.Number, entry.Source, entry.Key, entry.Id, entry.Title, entry.Task, entry.Library, entry.License, entry.Gated, entry.Parameters, entry.SizeBytes,
        entry.Downloads, entry.Likes, entry.Stars, entry.Trending, entry.Popularity, entry.Created, entry.LastModified, entry.Tags, entry.Origin, entry.AsOf);

    public ModelSummary ToSummary() => new(
        Source, Id, Task, Library, License, Gated, ModelEntry.Value(Parameters), ModelEntry.Value(Downloads), ModelEntry.Value(Likes), LastModified,
        ModelEntry.TagList(Tags), new Provenance(Origin, AsOf))
    {
        Title = Title,
        CreatedAt = ModelEntry.Time(Created),
        Stars = ModelEntry.Value(Stars),
        TrendingScore = Trending == ModelEntry.Unknown ? null : Trending / 1000d,
        SizeBytes = ModelEntry.Value(SizeBytes),
        Popularity = PopularityScore.Of(ModelEntry.Value(Downloads), ModelEntry.Value(Likes), ModelEntry.Value(Stars), LastModified, AsOf),
    };
}
