using System.Globalization;
using System.Text.RegularExpressions;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>The size that a model's name tells, such as <c>7B</c>, <c>8x7b</c>, <c>350m</c> or <c>30B-A3B</c>: the last resort.</summary>
internal static partial class NamedSize
{
    private const int LongestName = 200;
    private static readonly Int128 Largest = 10_000_000_000_000;

    /// <summary>Total and, where the name tells it, active parameters, and the part of the name that was read; null when no part is a size.</summary>
    /// <remarks>Experts share their attention: 8x7b is fewer than 56 billion parameters, and 56 is the safe side.</remarks>
    public static (Int128 Total, Int128? Active, string Text)? Of(string id)
    {
        var name = id[(id.LastIndexOf('/') + 1)..];
        if (name.Length > LongestName || Size().Match(name) is not { Success: true } match)
        {
            return null;
        }

        var size = Parameters(match.Groups["size"].Value, match.Groups["unit"].Value);
        var experts = match.Groups["experts"] is { Success: true } many ? int.Parse(many.Value, CultureInfo.InvariantCulture) : 1;
        Int128? active = Active().Match(name) is { Success: true } used ? Parameters(used.Groups["size"].Value, "b") : null;
        var total = size * experts;
        return total > 0 && total <= Largest ? (total, active, match.Value) : null;
    }

    private static Int128 Parameters(string size, string unit) =>
        (Int128)(decimal.Parse(size, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * (unit is "b" or "B" ? 1_000_000_000m : 1_000_000m));

    [GeneratedRegex(@"(?<![a-z0-9.])((?<experts>[0-9]{1,3})x)?(?<size>[0-9]{1,4}(\.[0-9]{1,3})?)(?<unit>[bm])(?![a-z0-9])", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Size();

    [GeneratedRegex(@"-a(?<size>[0-9]{1,3}(\.[0-9]{1,3})?)b(?![a-z0-9])", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Active();
}
