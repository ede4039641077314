using System.Globalization;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Share of the spot instances of a kind that are interrupted in a month, as AWS Spot Advisor words it: <c>&lt;5%</c>, <c>5-10%</c>, <c>&gt;20%</c>.</summary>
/// <param name="UpperPercent">The most it says; 100 where it is open above.</param>
/// <param name="LowerPercent">The least it says.</param>
internal sealed record InterruptionBand(string Text, double LowerPercent, double UpperPercent)
{
    private const double HoursPerMonth = 730;

    /// <summary>Reads the words; null for none and for words of another kind, which say nothing.</summary>
    public static InterruptionBand? Parse(string? text)
    {
        if (text is not { Length: >= 2 and <= 20 } || text[^1] != '%')
        {
            return null;
        }

        var (lower, upper) = text[0] switch
        {
            '<' => ("0", text[1..^1]),
            '>' => (text[1..^1], "100"),
            _ when text[..^1].Split('-') is [var from, var to] => (from, to),
            _ => ("", ""),
        };
        return Number(lower) is { } least && Number(upper) is { } most && least <= most ? new InterruptionBand(text, least, most) : null;
    }

    /// <summary>
    /// Interruptions per hour of one instance, were they to come at any time alike: a share p in a month is a rate of -ln(1 - p) / 730.
    /// Of a band its upper end is taken; of an open or an unknown one a figure of the policy.
    /// </summary>
    public static double PerHour(InterruptionBand? band, OptimizerPolicy policy)
    {
        var percent = band switch
        {
            null => policy.UnknownBandPercent,
            { UpperPercent: >= 100 } => Math.Max(band.LowerPercent, policy.OpenBandPercent),
            _ => band.UpperPercent,
        };
        return -Math.Log(1 - Math.Min(percent / 100, 0.99)) / HoursPerMonth;
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 100 ? value : null;
}
