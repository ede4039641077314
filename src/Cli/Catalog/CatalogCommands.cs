using System.CommandLine;

namespace Terradev.Cli.Catalog;

/// <summary>The commands that look something up and change nothing.</summary>
internal static class CatalogCommands
{
    public static IEnumerable<Command> All() => [Datasets(), OfferCommands.Offers(), OfferCommands.Gpus(), new RecommendCommand(), AdviceCommands.Compare(), AdviceCommands.WhatIf()];

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
            session.Print(await (await session.ClientAsync(cancellationToken)).DatasetsAsync(query, cancellationToken), CatalogReport.Datasets));
    }
}
