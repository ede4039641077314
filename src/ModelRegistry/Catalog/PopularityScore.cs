using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>
/// One measure of popularity for hubs that count different things. Each part is a number from 0 to 1: usage log10(1 + downloads in 30
/// days) / 8, approval log10(1 + likes) / 4.5 or log10(1 + stars) / 5.5, whichever is larger, and recency 0.5 ^ (years since the last change).
/// They weigh 50, 30 and 20; what a hub does not tell gives its weight to the others, so that 100 is the top on every hub.
/// </summary>
public static class PopularityScore
{
    private const double UsageWeight = 50;
    private const double ApprovalWeight = 30;
    private const double RecencyWeight = 20;

    // The most downloaded, liked and starred of each come close to these powers of ten.
    private const double TopDownloads = 8;
    private const double TopLikes = 4.5;
    private const double TopStars = 5.5;

    /// <summary>Null where the hub tells neither usage nor approval: a date alone says nothing about popularity.</summary>
    public static Popularity? Of(long? downloads, long? likes, long? stars, DateTimeOffset? lastModified, DateTimeOffset asOf)
    {
        var usage = Logarithm(downloads, TopDownloads);
        var approval = (Logarithm(likes, TopLikes), Logarithm(stars, TopStars)) switch
        {
            ({ } liked, { } starred) => Math.Max(liked, starred),
            var (liked, starred) => liked ?? starred,
        };
        if (usage is null && approval is null)
        {
            return null;
        }

        double? recency = lastModified is { } changed ? Math.Pow(0.5, Math.Max(0, (asOf - changed).TotalDays) / 365.25) : null;
        var known = (usage is null ? 0 : UsageWeight) + (approval is null ? 0 : ApprovalWeight) + (recency is null ? 0 : RecencyWeight);
        var (usagePoints, approvalPoints, recencyPoints) =
            (Points(usage, UsageWeight, known), Points(approval, ApprovalWeight, known), Points(recency, RecencyWeight, known));
        var score = (usagePoints ?? 0) + (approvalPoints ?? 0) + (recencyPoints ?? 0);
        return new Popularity(Math.Round(score, 3), usagePoints, approvalPoints, recencyPoints);
    }

    private static double? Logarithm(long? count, double top) => count is >= 0 and var known ? Math.Min(1, Math.Log10(1d + known) / top) : null;

    private static double? Points(double? part, double weight, double known) => part is { } value ? Math.Round(value * weight * 100 / known, 3) : null;
}
