using System.CommandLine;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Cli.Catalog;

/// <summary>Questions beside a recommendation: <c>terradev compare</c> and <c>terradev what-if</c>.</summary>
internal static class AdviceCommands
{
    public static Command Compare()
    {
        var options = new RequestOptions();
        var command = new Command("compare", "Put the clouds side by side for a model.");
        options.AddTo(command);
        return command.Runs(async (session, cancellationToken) =>
            session.Print(await (await session.ClientAsync(cancellationToken)).CompareAsync(options.Request(session.Parse), cancellationToken), AdviceReport.Clouds));
    }

    public static Command WhatIf()
    {
        var options = new RequestOptions();
        var hourly = Budgets("--hourly", "Limits in USD per hour to try, such as 0.5,1,2.");
        var total = Budgets("--total", "Budgets in USD for the whole job to try, such as 10,50.");
        var command = new Command("what-if", "Try budgets: what each of them buys, and where the choice changes.");
        options.AddTo(command);
        command.Add(hourly);
        command.Add(total);
        return command.Runs(async (session, cancellationToken) => session.Print(
            await (await session.ClientAsync(cancellationToken)).WhatIfAsync(
                new WhatIfRequest { Request = options.Request(session.Parse), Hourly = Given(session.Parse, hourly), Total = Given(session.Parse, total) }, cancellationToken),
            AdviceReport.Budgets));
    }

    // An option of several values that is not there has none of them.
    private static decimal[]? Given(ParseResult parse, Option<decimal[]?> budgets) => parse.GetValue(budgets) is { Length: > 0 } given ? given : null;

    private static Option<decimal[]?> Budgets(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "usd,...",
        CustomParser = result =>
        {
            var budgets = new List<decimal>();
            foreach (var text in result.Tokens[0].Value.Split(','))
            {
                if (!decimal.TryParse(text, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var usd))
                {
                    result.AddError($"'{text}' is no amount in USD that {name} takes, such as 0.5 or 0.5,1,2.");
                    return null;
                }

                budgets.Add(usd);
            }

            return [.. budgets];
        },
    };
}
