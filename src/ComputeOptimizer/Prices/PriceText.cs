using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Checks the names in a price list, and shows its texts in refusals.</summary>
internal static class PriceText
{
    /// <summary>What is wrong with the names of a row; null where nothing is. An instance type may be missing where GPUs are priced apart.</summary>
    public static string? Fault(string instanceType, string region, string zone, Cloud cloud) =>
        !IsName(region) ? "The region is missing or no name."
        : instanceType.Length > 0 && !IsName(instanceType) ? "The instance type is no name."
        : instanceType.Length == 0 && cloud != Cloud.Gcp ? "The instance type is missing."
        : zone.Length > 0 && !IsName(zone) ? "The zone is no name."
        : zone.Length == 0 && cloud == Cloud.Gcp && instanceType.Length == 0 ? "The zone is missing."
        : null;

    public static string BadPrice(string text) => $"'{Short(text)}' is no price from {PriceNumbers.LeastPerHour} to {PriceNumbers.MostPerHour} USD per hour.";

    public static bool IsName(string text) =>
        text.Length is > 0 and <= OfferLimits.Name && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && char.IsAsciiLetterOrDigit(text[0]);

    /// <summary>A stranger's text, short and without control characters.</summary>
    public static string Short(string text)
    {
        var clean = new string([.. text.Take(40).Select(c => char.IsControl(c) ? '?' : c)]);
        return text.Length > 40 ? clean + "..." : clean;
    }
}
