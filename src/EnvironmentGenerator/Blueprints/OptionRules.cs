using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Terradev.EnvironmentGenerator.Blueprints;

/// <summary>
/// What can be told from a variable's validations: whole numbers, ranges, lists of values, patterns, lengths of lists.
/// Whatever else a condition says is left to Terraform, so a value that passes here may still be refused there.
/// </summary>
/// <param name="Keyword">The keyword of JSON Schema, or <c>whole</c>.</param>
/// <param name="Message">What the blueprint's author says to a value that breaks the rule.</param>
internal sealed record OptionRule(string Keyword, JsonNode? Value, string Message)
{
    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(200);

    // Terraform's patterns are RE2; these forms mean something else here or are not known.
    private static readonly string[] OnlyInRe2 = ["[:", "\\Q", "\\C", "(?", "\\z", "\\A"];

    private readonly Lazy<Regex?> _pattern = new(() => Keyword == "pattern" ? Compile(Value!.GetValue<string>()) : null);

    /// <summary>The rules of a condition over <c>var.NAME</c>; none where it is written in a way that is not known here.</summary>
    public static IEnumerable<OptionRule> Read(string name, HclExpression condition, string message)
    {
        var tokens = condition.Tokens.Where(token => token.Kind != HclKind.NewLine).ToArray().AsSpan();
        if (StartsWith(tokens, "var", ".", name, "==", "null", "||"))
        {
            tokens = tokens[6..];
        }

        // try(..., false)
        if (StartsWith(tokens, "try", "(") && tokens is [.., { Value: "," }, { Value: "false" }, { Value: ")" }])
        {
            tokens = tokens[2..^3];
        }

        var rules = new List<OptionRule>();
        var depth = 0;
        var start = 0;
        for (var i = 0; i <= tokens.Length; i++)
        {
            if (i == tokens.Length || (depth == 0 && tokens[i].Is("&&")))
            {
                rules.AddRange(Part(name, tokens[start..i], message));
                start = i + 1;
                continue;
            }

            depth += tokens[i] switch { { Kind: HclKind.Symbol, Value: "(" or "[" or "{" } => 1, { Kind: HclKind.Symbol, Value: ")" or "]" or "}" } => -1, _ => 0 };
            if (depth < 0 || (depth == 0 && (tokens[i].Is("||") || tokens[i].Is("?"))))
            {
                return [];
            }
        }

        return rules;
    }

    public void Describe(JsonObject schema)
    {
        if (Keyword == "whole")
        {
            schema["type"] = schema["type"] is JsonArray ? new JsonArray("integer", "null") : "integer";
        }
        else if (Keyword == "enum" && schema["type"] is JsonArray)
        {
            var values = (JsonArray)Value!.DeepClone();
            values.Add(null);
            schema["enum"] = values;
        }
        else if (Keyword is "minItems" or "maxItems")
        {
            // length() also counts the letters of a text as a reader sees them, for which there is no keyword.
            var type = schema["type"] is JsonArray types ? types[0]!.GetValue<string>() : schema["type"]?.GetValue<string>();
            var keyword = type switch { "array" => Keyword, "object" => Keyword[..3] + "Properties", _ => null };
            if (keyword is not null)
            {
                schema.TryAdd(keyword, Value!.DeepClone());
            }
        }
        else if (Keyword != "pattern" || Usable)
        {
            schema.TryAdd(Keyword, Value?.DeepClone());
        }
    }

    /// <summary>Whether a value of the right type keeps the rule.</summary>
    public bool Holds(JsonElement value) => (Keyword, value.ValueKind) switch
    {
        ("minimum", JsonValueKind.Number) => value.GetDouble() >= Number,
        ("maximum", JsonValueKind.Number) => value.GetDouble() <= Number,
        ("exclusiveMinimum", JsonValueKind.Number) => value.GetDouble() > Number,
        ("exclusiveMaximum", JsonValueKind.Number) => value.GetDouble() < Number,
        ("whole", JsonValueKind.Number) => Math.Floor(value.GetDouble()) == value.GetDouble(),
        ("minItems", JsonValueKind.Array) => value.GetArrayLength() >= Number,
        ("maxItems", JsonValueKind.Array) => value.GetArrayLength() <= Number,
        ("minItems", JsonValueKind.Object) => value.EnumerateObject().Count() >= Number,
        ("maxItems", JsonValueKind.Object) => value.EnumerateObject().Count() <= Number,
        ("enum", JsonValueKind.Number or JsonValueKind.String) => ((JsonArray)Value!).Any(known => known is not null && Same(known, value)),
        ("pattern", JsonValueKind.String) => Matches(value.GetString()!),
        _ => true,
    };

    private double Number => (double)Value!.GetValue<decimal>();

    private bool Usable => _pattern.Value is not null;

    private static bool Same(JsonNode known, JsonElement value) => (known.GetValueKind(), value.ValueKind) switch
    {
        (JsonValueKind.String, JsonValueKind.String) => value.ValueEquals(known.GetValue<string>()),
        (JsonValueKind.Number, JsonValueKind.Number) => (double)known.GetValue<decimal>() == value.GetDouble(),
        _ => false,
    };

    private bool Matches(string text)
    {
        try
        {
            return _pattern.Value?.IsMatch(text) ?? true;
        }
        catch (RegexMatchTimeoutException)
        {
            return true;
        }
    }

    private static Regex? Compile(string pattern)
    {
        if (pattern.Length > 4096 || OnlyInRe2.Any(form => pattern.Contains(form, StringComparison.Ordinal)))
        {
            return null;
        }

        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, PatternTime);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static OptionRule[] Part(string name, ReadOnlySpan<HclToken> part, string message)
    {
        if (StartsWith(part, "floor", "(", "var", ".", name, ")", "==", "var", ".", name) && part.Length == 10)
        {
            return [new OptionRule("whole", null, message)];
        }

        if (StartsWith(part, "var", ".", name))
        {
            return Compared(part[3..], "minimum", "maximum", message);
        }

        if (StartsWith(part, "length", "(", "var", ".", name, ")"))
        {
            return Compared(part[6..], "minItems", "maxItems", message);
        }

        // contains([...], var.NAME)
        if (StartsWith(part, "contains", "(", "[") && part is [.., { Value: "," }, { Value: "var" }, { Value: "." }, { Kind: HclKind.Identifier }, { Value: ")" }] && part[^2].Value == name
            && new HclExpression(part[2..^5].ToArray()).TryLiteral(out var values))
        {
            return [new OptionRule("enum", values, message)];
        }

        // can(regex("...", var.NAME))
        return StartsWith(part, "can", "(", "regex", "(") && part is [_, _, _, _, { Kind: HclKind.Text, Inner: null }, { Value: "," }, { Value: "var" }, { Value: "." }, _, { Value: ")" }, { Value: ")" }]
            && part[8].Value == name
            ? [new OptionRule("pattern", part[4].Value, message)]
            : [];
    }

    private static OptionRule[] Compared(ReadOnlySpan<HclToken> rest, string least, string most, string message)
    {
        if (rest is not [{ Kind: HclKind.Symbol } sign, { Kind: HclKind.Number } limit]
            || !decimal.TryParse(limit.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return [];
        }

        var items = least == "minItems";
        return sign.Value switch
        {
            ">=" => [new OptionRule(least, number, message)],
            "<=" => [new OptionRule(most, number, message)],
            ">" => [items ? new OptionRule("minItems", number + 1, message) : new OptionRule("exclusiveMinimum", number, message)],
            "<" => [items ? new OptionRule("maxItems", number - 1, message) : new OptionRule("exclusiveMaximum", number, message)],
            _ => [],
        };

    }

    private static bool StartsWith(ReadOnlySpan<HclToken> tokens, params ReadOnlySpan<string> values)
    {
        if (tokens.Length < values.Length)
        {
            return false;
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (!tokens[i].Is(values[i]))
            {
                return false;
            }
        }

        return true;
    }
}
