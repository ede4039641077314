using System.Globalization;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>What a field that should hold a number holds.</summary>
internal enum NumberKind
{
    Blank,
    Number,
    Wrong,
}

/// <summary>Reads the numbers of price lists: <c>8</c>, <c>8.0</c>, <c>1.5e-2</c>; never <c>NaN</c>, <c>Infinity</c> or digits with commas.</summary>
internal static class PriceNumbers
{
    /// <summary>USD per hour of a whole instance: above 0, at most <see cref="MostPerHour"/>.</summary>
    public const decimal MostPerHour = 10_000;

    /// <summary>Smaller prices cannot be told from 0 when they are stored.</summary>
    public const decimal LeastPerHour = 0.0001m;

    public static NumberKind Price(string text, out decimal price) =>
        Number(text, out price) is not NumberKind.Number and var kind ? kind : price is >= LeastPerHour and <= MostPerHour ? NumberKind.Number : NumberKind.Wrong;

    public static NumberKind Number(string text, out decimal number)
    {
        number = 0;
        return text.Length == 0 ? NumberKind.Blank
            : text.Length <= 40 && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) ? NumberKind.Number
            : NumberKind.Wrong;
    }
}
