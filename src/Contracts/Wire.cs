using System.Collections.Frozen;
using System.Text.Json;

namespace Terradev.Contracts;

/// <summary>Translates enum members to and from the kebab-case words that the API, query strings and the CLI use.</summary>
public static class Wire
{
    /// <summary>The kebab-case word of an enum member, such as <c>on-demand</c>.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => Words<T>.ByValue.TryGetValue(value, out var word) ? word : Words<T>.Of(value);

    /// <summary>Every word of the enum, in order of declaration.</summary>
    public static IReadOnlyList<string> Names<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(Name)];

    /// <summary>Reads a kebab-case word; numbers and unknown words are refused.</summary>
    public static bool TryParse<T>(string? word, out T value)
        where T : struct, Enum
    {
        foreach (var (candidate, name) in Words<T>.ByValue)
        {
            if (string.Equals(name, word, StringComparison.OrdinalIgnoreCase))
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }

    // An answer has thousands of them.
    private static class Words<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> ByValue = Enum.GetValues<T>().Distinct().ToFrozenDictionary(value => value, Of);

        public static string Of(T value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
    }
}
