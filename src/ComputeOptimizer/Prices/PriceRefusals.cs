using Terradev.Contracts;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Why an import does not take place.</summary>
internal static class PriceRefusals
{
    public static Refusal Unreadable(string detail, string nextStep) => new(RefusalCodes.InvalidRequest, detail, nextStep);

    public static Refusal TooLarge { get; } = new(
        RefusalCodes.BodyTooLarge, $"A price list may have up to {PriceFileLimits.Bytes / 1024 / 1024} MiB.", "Leave out what has no GPU, or split it by region and import the parts under different sources.");

    public static Refusal TooManyRows { get; } = new(
        RefusalCodes.BodyTooLarge, $"A price list may have up to {PriceFileLimits.Rows} rows.", "Leave out what has no GPU, or split it by region and import the parts under different sources.");

    public static Refusal TooManyOffers { get; } = new(
        RefusalCodes.BodyTooLarge, $"A price list may have up to {PriceFileLimits.Offers} prices of GPU instances.", "Split it by region and import the parts under different sources.");

    public static Refusal Busy { get; } = new(
        RefusalCodes.ServiceUnavailable, "Other price lists are being read.", "Try again in a minute; nothing was stored.");

    public static Refusal TooSlow { get; } = new(
        RefusalCodes.TimedOut, $"The price list did not arrive within {PriceFileLimits.Time.TotalSeconds:0} seconds.", "Send it again over a faster connection; nothing was stored.");

    /// <summary>None of the rows gave an offer; the first faults are told.</summary>
    public static Refusal NoPrices(PriceBatch batch, CheckedPrices told) => new(
        RefusalCodes.NoPrices,
        $"None of the {batch.Rows} rows gave an offer: {batch.WithoutGpu} are of instances without a GPU, {told.Quarantine.Count} prices were kept out.",
        "Look at format and cloud, and at 'errors' for what the rules kept out; the old prices stay.",
        new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["rows"] = [.. told.Quarantine.First.Take(10).Select(price => $"{(price.Line is { } line ? $"Line {line}, " : "")}{price.Rule}: {price.Detail}")],
        });

    public static Refusal Unreachable(string detail) => new(
        RefusalCodes.PriceSourceUnreachable, detail, "Look at the address in a browser, or download the file and upload it; the old prices stay.");
}
