using System.CommandLine;
using System.Globalization;

namespace Terradev.Cli.Catalog;

/// <summary>Options that become a query string.</summary>
internal sealed class Filters
{
    private readonly List<(string Name, Option Option, Func<ParseResult, string?> Read)> _filters = [];

    public Filters With<T>(string name, Option<T> option)
    {
        _filters.Add((name, option, parse => parse.GetValue(option) switch
        {
            null or false => null,
            true => "true",
            Enum word => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(word.ToString()),
            var value => Convert.ToString(value, CultureInfo.InvariantCulture),
        }));
        return this;
    }

    /// <summary>A command that takes the options and gives its work the query string, which begins with a question mark.</summary>
    public Command Command(string name, string description, Func<Session, string, CancellationToken, Task<int>> body)
    {
        var command = new Command(name, description);
        foreach (var (_, option, _) in _filters)
        {
            command.Add(option);
        }

        return command.Runs((session, cancellationToken) => body(session, Query(session.Parse), cancellationToken));
    }

    private string Query(ParseResult parse)
    {
        var pairs = _filters.Select(filter => (filter.Name, Value: filter.Read(parse))).Where(pair => pair.Value is not null)
            .Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}");
        return "?" + string.Join('&', pairs);
    }
}
