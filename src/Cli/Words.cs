using System.CommandLine;
using System.Globalization;
using System.Numerics;
using Terradev.Contracts;

namespace Terradev.Cli;

/// <summary>Options whose values are the API's words.</summary>
internal static class Words
{
    /// <summary>An option that takes the kebab-case words of an enum.</summary>
    public static Option<T?> Option<T>(string name, string description)
        where T : struct, Enum
    {
        var words = Wire.Names<T>();
        var option = new Option<T?>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            CustomParser = result =>
            {
                if (Wire.TryParse<T>(result.Tokens[0].Value, out var value))
                {
                    return value;
                }

                result.AddError($"'{result.Tokens[0].Value}' is not one of {name}'s words: {string.Join(", ", words)}.");
                return null;
            },
        };
        option.CompletionSources.Add(_ => words.Select(word => new System.CommandLine.Completions.CompletionItem(word)));
        return option;
    }

    /// <summary>An option that takes a number, written with a point.</summary>
    public static Option<T?> Number<T>(string name, string description, string unit, T? standard = null)
        where T : struct, INumber<T>
    {
        var option = new Option<T?>(name)
        {
            Description = description,
            HelpName = unit,
            CustomParser = result =>
            {
                if (T.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
                {
                    return value;
                }

                result.AddError($"'{result.Tokens[0].Value}' is not a number that {name} takes, such as {(typeof(T) == typeof(decimal) ? "1.5" : "2")}.");
                return null;
            },
        };
        if (standard is not null)
        {
            option.DefaultValueFactory = _ => standard;
        }

        return option;
    }

    /// <summary>Gives a command its work.</summary>
    public static Command Runs(this Command command, Func<Session, CancellationToken, Task<int>> body)
    {
        command.SetAction((parse, cancellationToken) => Session.RunAsync(parse, body, cancellationToken));
        return command;
    }
}
