namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>USD as answers show them: 4 decimals, half away from zero.</summary>
internal static class Money
{
    // No sum that anyone plans with is larger; beyond it the figure stays there.
    private const double Most = 1e12;
    private const decimal FourDecimals = 0.0000m;

    /// <summary>Whole 10^-4 USD, for sums and comparisons that must be as exact as what is shown.</summary>
    public static long Units(double usd) => (long)Math.Round(Math.Clamp(usd, -Most, Most) * 10_000, MidpointRounding.AwayFromZero);

    public static decimal Shown(long units) => (units / 10_000m) + FourDecimals;

    public static decimal Usd(double amount) => Shown(Units(amount));

    public static decimal Usd(decimal amount) => Math.Round(amount, 4, MidpointRounding.AwayFromZero) + FourDecimals;
}
