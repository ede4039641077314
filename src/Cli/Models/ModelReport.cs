using System.Globalization;
using Terradev.Cli.Terminal;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Models;

/// <summary>What <c>terradev models</c> and <c>terradev models show</c> print.</summary>
internal static class ModelReport
{
    private const int ShownFacets = 8;

    /// <summary>The model as commands take it: an id of Hugging Face's stands alone.</summary>
    public static string Reference(ModelSummary model) => model.Source == HubReference.DefaultSource ? model.Id : $"{model.Source}:{model.Id}";

    public static IReadOnlyList<IReadOnlyList<Span>> List(ModelPage page, int width)
    {
        if (page.Items is [])
        {
            return [[new Span("Nothing matches.")]];
        }

        var lines = new List<IReadOnlyList<Span>>(Layout.Table(
            ["MODEL", "PARAMETERS", "SIZE", "SCORE", "TASK", "LICENSE", "AS OF"],
            [.. page.Items.Select(model => (IReadOnlyList<string>)
            [
                Printable.Line(Reference(model)),
                model.Parameters is { } count ? Format.Parameters(count) : "-",
                model.SizeBytes is { } bytes ? Format.Size(bytes) : "-",
                model.Popularity is { } popularity ? Score(popularity.Score) : "-",
                Printable.Line(model.Task ?? "-"),
                Printable.Line(model.License ?? "-") + (model.Gated ? ", gated" : ""),
                Day(model.Provenance),
            ])],
            width,
            1,
            2,
            3,
            6));
        if (page.NextCursor is not null)
        {
            lines.Add([new Span("There are more: raise --limit or search for less.", Tone.Faint)]);
        }

        if (page.Facets is { } facets)
        {
            lines.AddRange(new[] { ("source", facets.Source), ("task", facets.Task), ("library", facets.Library), ("license", facets.License) }
                .Where(facet => facet.Item2.Count > 0)
                .SelectMany(facet => Layout.Fit(new Entry(facet.Item1, Counted(facet.Item2), Tone: Tone.Plain), width)));
        }

        return lines;
    }

    public static IEnumerable<Entry> Entries(ModelDetail detail)
    {
        var model = detail.Model;
        yield return new("model", Printable.Line(Reference(model)), Printable.Line(model.Title), $"{Printable.Line(model.Provenance.Source)}, {Day(model.Provenance)}");
        if (detail.Description is { } description)
        {
            yield return new("about", Printable.Line(description.ReplaceLineEndings(" ")), Tone: Tone.Plain);
        }

        yield return new("task", Printable.Line(model.Task ?? "not told"), Printable.Line(model.Library), Tone: Tone.Plain);
        yield return new("license", Printable.Line(model.License ?? "not told"), model.Gated ? "gated: accept its terms on the hub" : null, Tone: model.Gated ? Tone.Warning : Tone.Plain);
        yield return Size(detail);
        foreach (var (dtype, count) in detail.Parameters?.ByDtype ?? new Dictionary<string, long>())
        {
            yield return new("", Printable.Line(dtype), Format.Parameters(count), Tone: Tone.Plain);
        }

        if (model.Popularity is { } popularity)
        {
            string?[] parts = [Told(model.Downloads, "downloads in 30 days"), Told(model.Likes, "likes"), Told(model.Stars, "stars")];
            yield return new("score", $"{Score(popularity.Score)} of 100 in popularity", string.Join(", ", parts.Where(part => part is not null)), Tone: Tone.Plain);
        }

        if (detail.Files.Count > 0)
        {
            yield return new("files", Format.Count(detail.Files.Count), detail.Revision is { } revision ? $"revision {Printable.Line(revision)}" : null, Tone: Tone.Plain);
        }

        foreach (var (need, n) in detail.Needs.Select((need, n) => (need, n)))
        {
            yield return new(n == 0 ? "needs" : "", $"{Wire.Name(need.Mode)}, {Wire.Name(need.Precision)}", $"{Format.GiBs(need.TotalBytes)} GiB on the GPU", Tone: Tone.Plain);
        }

        foreach (var entry in Others("similar", detail.Similar).Concat(Others("smaller", detail.Smaller)))
        {
            yield return entry;
        }

        foreach (var (line, n) in detail.Usage.SelectMany(Printable.Lines).Select((line, n) => (line, n)))
        {
            yield return new(n == 0 ? "usage" : "", line, Tone: Tone.Plain);
        }
    }

    private static Entry Size(ModelDetail detail)
    {
        var stored = detail.Model.SizeBytes is { } bytes ? $"{Format.Size(bytes)} stored" : null;
        return detail.Parameters is { } parameters
            ? new("size", $"{Format.Parameters(parameters.Total)} parameters" + (parameters.Active < parameters.Total ? $", {Format.Parameters(parameters.Active)} active" : ""), stored, $"from {Printable.Line(parameters.Source)}")
            : new("size", "parameters not known", stored, Tone: Tone.Warning);
    }

    private static IEnumerable<Entry> Others(string label, IReadOnlyList<ModelSummary> models) => models.Select((model, n) => new Entry(
        n == 0 ? label : "", Printable.Line(Reference(model)), model.Parameters is { } count ? Format.Parameters(count) : null, Tone: Tone.Plain));

    private static string Counted(IReadOnlyDictionary<string, int> values)
    {
        var most = values.OrderByDescending(value => value.Value).ThenBy(value => value.Key, StringComparer.Ordinal).Take(ShownFacets);
        return string.Join(", ", most.Select(value => $"{Printable.Line(value.Key)} {Format.Count(value.Value)}")) + (values.Count > ShownFacets ? ", ..." : "");
    }

    private static string? Told(long? count, string what) => count is { } known ? $"{Format.Count(known)} {what}" : null;

    private static string Score(double score) => score.ToString("0.0", CultureInfo.InvariantCulture);

    // What shipped with the product may be old, and says so.
    private static string Day(Provenance provenance) =>
        (provenance.Source == "snapshot" ? "snapshot " : "") + Format.Day(provenance.AsOf);
}
