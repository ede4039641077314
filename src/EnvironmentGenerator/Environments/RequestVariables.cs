using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>The options of a blueprint as a request gives them: what is refused whichever blueprint it is, and how they are read.</summary>
public static partial class RequestVariables
{
    public const int MaxBytes = 32 * 1024;
    public const int MaxDepth = 8;

    // Terraform computes with numbers of any size, and one such as 1e999999999 alone would keep it busy.
    private const double MaxNumber = 1e15;

    /// <summary>The variables of every blueprint that Terradev sets; a request can never overrule them.</summary>
    public static readonly FrozenSet<string> SetByTerradev = FrozenSet.Create(
        StringComparer.Ordinal,
        "name", "installation", "environment", "owner", "expires_at", "max_runtime_hours", "tags", "region", "availability_zones", "instance_type", "capacity", "root_volume_gib",
        "ami_id", "ami_ssm_parameter", "model", "dataset", "mode", "precision", "force_destroy", "rehearsal", "s3_use_path_style", "spot_unavailable");

    /// <summary>Field and message of everything that is wrong.</summary>
    public static IEnumerable<(string Field, string Message)> Faults(IReadOnlyDictionary<string, JsonElement>? variables)
    {
        if (variables is null)
        {
            yield break;
        }

        if (variables.Sum(variable => variable.Key.Length + (variable.Value.ValueKind == JsonValueKind.Undefined ? 0L : variable.Value.GetRawText().Length)) > MaxBytes)
        {
            yield return ("variables", $"At most {MaxBytes / 1024} KiB together.");
            yield break;
        }

        foreach (var (name, value) in variables)
        {
            if (!Name().IsMatch(name))
            {
                yield return ("variables", "Names of options have 1 to 64 lower-case letters, digits and underscores and start with a letter, such as nat_gateway.");
            }
            else if (SetByTerradev.Contains(name))
            {
                yield return ($"variables.{name}", "Terradev sets this from the other fields of the request.");
            }
            else if (Fault(value, MaxDepth) is { } fault)
            {
                yield return ($"variables.{name}", fault);
            }
        }
    }

    /// <summary>A switch; Terraform takes the words true and false for one as well.</summary>
    public static bool Switch(this IReadOnlyDictionary<string, JsonElement>? variables, string name, bool otherwise) => Find(variables, name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.String } text => text.ValueEquals("true") || (!text.ValueEquals("false") && otherwise),
        _ => otherwise,
    };

    /// <summary>A whole number, cut to the range; Terraform takes digits in quotes for one as well.</summary>
    public static int Number(this IReadOnlyDictionary<string, JsonElement>? variables, string name, int otherwise, int max)
    {
        var value = Find(variables, name);
        var text = value switch
        {
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            { ValueKind: JsonValueKind.String } quoted => quoted.GetString(),
            _ => null,
        };
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var read) && !double.IsNaN(read) ? (int)Math.Ceiling(Math.Clamp(read, 0, max)) : otherwise;
    }

    /// <summary>Whether an option is given that is not null.</summary>
    public static bool Has(this IReadOnlyDictionary<string, JsonElement>? variables, string name) =>
        Find(variables, name) is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) };

    private static JsonElement? Find(IReadOnlyDictionary<string, JsonElement>? variables, string name) =>
        variables is not null && variables.TryGetValue(name, out var value) ? value : null;

    private static string? Fault(JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Undefined:
                return "Give a value, or null for the default.";
            case JsonValueKind.Object or JsonValueKind.Array when depth == 1:
                return $"At most {MaxDepth} levels deep.";
            case JsonValueKind.Array:
                return value.EnumerateArray().Select(item => Fault(item, depth - 1)).FirstOrDefault(fault => fault is not null);
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.Ordinal);
                return value.EnumerateObject().Select(property =>
                    !IsText(() => property.Name) ? NotText
                    : !names.Add(property.Name) ? "A name occurs twice in an object."
                    : Fault(property.Value, depth - 1)).FirstOrDefault(fault => fault is not null);
            case JsonValueKind.Number:
                return value.TryGetDouble(out var number) && Math.Abs(number) <= MaxNumber ? null : "Numbers from -1e15 to 1e15.";
            case JsonValueKind.String:
                return IsText(() => value.GetString()!) ? null : NotText;
            default:
                return null;
        }
    }

    private const string NotText = "Text without the character U+0000 and without halves of surrogate pairs.";

    // Half of a surrogate pair, escaped in JSON, has no UTF-8; the reader throws when it is asked for.
    private static bool IsText(Func<string> text)
    {
        try
        {
            return !text().Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,63}\z", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
