using System.CommandLine;
using Terradev.Cli.Terminal;
using Terradev.Cli.Up;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Cli.Catalog;

/// <summary>The commands that look something up and change nothing.</summary>
internal static class CatalogCommands
{
    public static IEnumerable<Command> All() => [Datasets(), Offers(), Recommend()];

    private static Option<string?> Text(string name, string description) => new(name) { Description = description, HelpName = "text" };

    private static Option<int?> Limit() => Words.Number<int>("--limit", "How many to list.", "count", 20);

    private static Command Datasets()
    {
        var filters = new Filters()
            .With("search", Text("--search", "Part of the id."))
            .With("task", Text("--task", "Such as text-classification."))
            .With("source", Text("--source", "The hub."))
            .With("sort", Text("--sort", "The field to sort by."))
            .With("limit", Limit());
        return filters.Command("datasets", "List the datasets that are known.", async (session, query, cancellationToken) =>
            Print(session, await (await session.ClientAsync(cancellationToken)).DatasetsAsync(query, cancellationToken), CatalogReport.Datasets));
    }

    private static Command Offers()
    {
        var filters = new Filters()
            .With("cloud", Words.Option<Cloud>("--cloud", "The cloud."))
            .With("region", Text("--region", "Such as us-east-1."))
            .With("gpu", Text("--gpu", "GPU model, such as L4."))
            .With("gpuCount", Words.Number<int>("--gpu-count", "GPUs per instance.", "count"))
            .With("minGpuMemoryGiB", Words.Number<decimal>("--min-gpu-memory", "GiB per GPU, at least.", "gib"))
            .With("capacity", Words.Option<Capacity>("--capacity", "How the instance is bought."))
            .With("maxHourly", Words.Number<decimal>("--max-hourly", "USD per hour, at most.", "usd"))
            .With("sort", Text("--sort", "The field to sort by."))
            .With("limit", Limit());
        return filters.Command("offers", "List instances with GPUs and their prices.", async (session, query, cancellationToken) =>
            Print(session, await (await session.ClientAsync(cancellationToken)).OffersAsync(query, cancellationToken), CatalogReport.Offers));
    }

    private static Command Recommend()
    {
        var model = new Argument<string>("model") { Description = "The model, such as google-bert/bert-base-uncased." };
        var workload = new WorkloadOptions();
        var top = Words.Number<int>("--top", "How many offers to print.", "count", 5);
        var command = new Command("recommend", "Rank the offers for a model without making anything.") { model, top };
        foreach (var option in workload.All)
        {
            command.Add(option);
        }

        return command.Runs(async (session, cancellationToken) =>
        {
            var recommendation = await (await session.ClientAsync(cancellationToken)).RecommendAsync(Request(session.Parse, model, workload), cancellationToken);
            if (session.Json)
            {
                session.Document(recommendation);
            }
            else
            {
                session.Screen.Lines(CatalogReport.Ranked(recommendation, session.Parse.GetValue(top) ?? int.MaxValue, session.Screen.Width));
            }

            return recommendation.Ranked is [] ? ExitCodes.Refused : ExitCodes.Done;
        });
    }

    private static RecommendationRequest Request(ParseResult parse, Argument<string> model, WorkloadOptions workload) => new()
    {
        Model = parse.GetValue(model),
        Dataset = parse.GetValue(workload.Dataset),
        Mode = parse.GetValue(workload.Mode),
        Precision = parse.GetValue(workload.Precision),
        ContextLength = parse.GetValue(workload.ContextLength),
        BatchSize = parse.GetValue(workload.BatchSize),
        Goal = parse.GetValue(workload.Goal),
        Constraints = new Constraints
        {
            Clouds = parse.GetValue(workload.Cloud) is { } cloud ? [cloud] : null,
            Regions = parse.GetValue(workload.Region) is { } region ? [region] : null,
            InstanceTypes = parse.GetValue(workload.InstanceType) is { } type ? [type] : null,
            Capacity = parse.GetValue(workload.Capacity),
            MaxHourly = parse.GetValue(workload.MaxHourly),
            TotalBudget = parse.GetValue(workload.Budget),
            MaxRuntimeHours = parse.GetValue(workload.MaxRuntime),
        },
    };

    private static int Print<T>(Session session, Page<T> page, Func<Page<T>, int, IReadOnlyList<IReadOnlyList<Span>>> report)
    {
        if (session.Json)
        {
            session.Document(page);
        }
        else
        {
            session.Screen.Lines(report(page, session.Screen.Width));
        }

        return ExitCodes.Done;
    }
}
