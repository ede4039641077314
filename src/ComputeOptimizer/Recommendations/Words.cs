using System.Globalization;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Binary units. A GPU's GiB is 2^30 bytes throughout.</summary>
internal static class Bytes
{
    public const long MiB = 1L << 20;
    public const long GiB = 1L << 30;

    /// <summary>Such as <c>13.74 GiB</c>.</summary>
    public static string InGiB(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / GiB:0.00} GiB");
}

/// <summary>Figures and lists as sentences show them.</summary>
internal static class Words
{
    /// <summary>USD per hour with 4 decimals.</summary>
    public static string PerHour(decimal price) => string.Create(CultureInfo.InvariantCulture, $"{price:0.0000} USD/h");

    public static string Usd(decimal amount) => string.Create(CultureInfo.InvariantCulture, $"{amount:0.00} USD");

    /// <summary>Hours with one or two decimals.</summary>
    public static string Hours(double hours) => string.Create(CultureInfo.InvariantCulture, $"{hours:0.0#} h");

    public static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    public static string Number(decimal value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    public static string List<T>(IEnumerable<T> items) => string.Join(", ", items);

    /// <summary>Such as <c>from 2 to 8</c>, with either end left out where it is null.</summary>
    public static string Range(decimal? least, decimal? most) => (least, most) switch
    {
        ({ } from, { } to) => $"from {Number(from)} to {Number(to)}",
        ({ } from, null) => $"at least {Number(from)}",
        _ => $"at most {Number(most!.Value)}",
    };

    /// <summary>Such as <c>12.5%</c> of 0.125.</summary>
    public static string Percent(decimal fraction) => (100 * fraction).ToString("0.#", CultureInfo.InvariantCulture) + "%";
}
