using System.CommandLine;
using System.Text.Json;

namespace Terradev.Cli.Up;

/// <summary>Options that are given as name=value, once for each name.</summary>
internal static class Pairs
{
    /// <exception cref="FormatException">Thrown by <paramref name="read"/> for a value that it cannot read.</exception>
    public static Option<KeyValuePair<string, T>[]> Option<T>(string name, string description, string form, Func<string, T> read) => new(name)
    {
        Description = description,
        HelpName = form,
        CustomParser = result =>
        {
            var pairs = new Dictionary<string, T>(StringComparer.Ordinal);
            foreach (var typed in result.Tokens.Select(token => token.Value))
            {
                var equals = typed.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0)
                {
                    result.AddError($"'{typed}' is not {form}, which {name} takes.");
                    return null;
                }

                try
                {
                    if (!pairs.TryAdd(typed[..equals], read(typed[(equals + 1)..])))
                    {
                        result.AddError($"{name} names '{typed[..equals]}' twice.");
                        return null;
                    }
                }
                catch (FormatException exception)
                {
                    result.AddError($"{name} {typed[..equals]}: {exception.Message}");
                    return null;
                }
            }

            return [.. pairs];
        },
    };

    /// <summary>Any JSON value. Shells take the quotes off, so a word that is no JSON is told how to be written.</summary>
    public static JsonElement Json(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"'{text}' is not JSON. Write text as '\"text\"', lists as '[\"a\"]', numbers and true, false, null as they are.", exception);
        }
    }
}
