namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>USD as answers show them: 4 decimals, half away from zero.</summary>
internal static class Money
{
    // No sum that anyone plans with is larger; beyond it the figure stays there.
    private const double Most = 1e15;

    public static decimal Usd(double amount) => Usd((decimal)Math.Clamp(amount, -Most, Most));

    public static decimal Usd(decimal amount) => Math.Round(amount, 4, MidpointRounding.AwayFromZero);
}
