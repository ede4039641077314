using System.Diagnostics;
using System.Net.Http.Json;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Bench;

/// <summary>Callers who ask one question after the other without a pause, each with a text and two filters.</summary>
internal static class SearchLoad
{
    private static readonly string[] Texts = ["instruct", "finetuned", "merged", "german", "legal", "squad"];

    /// <summary>Milliseconds of each answer, sorted, and how many answers had models.</summary>
    public static async Task<(double[] Milliseconds, int WithModels)> RunAsync(HttpClient http, GeneratedCatalogue catalogue, int callers, int searches, ulong seed, CancellationToken cancellationToken)
    {
        var (milliseconds, next, withModels) = (new double[searches], -1, 0);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (var search = Interlocked.Increment(ref next); search < searches; search = Interlocked.Increment(ref next))
            {
                var question = Question(catalogue, new GeneratedCatalogue.Draw(seed + ((ulong)search << 20)));
                var clock = Stopwatch.StartNew();
                var page = (await http.GetFromJsonAsync<ModelPage>(question, TerradevJson.Options, cancellationToken))!;
                milliseconds[search] = clock.Elapsed.TotalMilliseconds;
                Interlocked.Add(ref withModels, page.Items.Count > 0 ? 1 : 0);
            }
        }, cancellationToken)));
        Array.Sort(milliseconds);
        return (milliseconds, withModels);
    }

    /// <summary>Four of five questions are about a model that is there, the others mix words and filters as they come; some find nothing.</summary>
    public static string Question(GeneratedCatalogue catalogue, GeneratedCatalogue.Draw draw)
    {
        GeneratedModel Any() => catalogue.Model((int)(draw.Unit() * catalogue.Count));
        var model = Any();
        var other = draw.Unit() < 0.8 ? model : Any();
        var text = draw.Unit() switch
        {
            < 0.4 => model.Family,
            < 0.6 => $"{model.Family} {model.Suffix}",
            < 0.7 => Texts[draw.Skewed(Texts.Length)],
            < 0.95 => model.Id[..model.Id.IndexOf('/', StringComparison.Ordinal)],
            _ => $"{model.Family} {draw.Skewed(1000)}",
        };
        var filters = draw.Unit() switch
        {
            < 0.25 => $"task={other.Task}&license={other.License}",
            < 0.50 => $"task={other.Task}&library={other.Library}",
            < 0.65 => $"library={other.Library}&license={other.License}",
            < 0.80 => $"task={other.Task}&fitsInGiB=24",
            < 0.90 => $"source=huggingface&minParameters=1B&maxParameters=8B",
            _ => $"framework={other.Type}&task={other.Task}&sort=newest",
        };
        return $"/api/v1/models?search={Uri.EscapeDataString(text)}&{filters}&limit=20";
    }
}
