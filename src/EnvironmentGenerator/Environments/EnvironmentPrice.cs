using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>Prices the whole environment, not the machine alone. Pure.</summary>
public static class EnvironmentPrice
{
    private const decimal HoursPerMonth = 730;
    private const decimal Gp3PerGiBMonth = 0.08m;
    private const decimal PublicIpv4PerHour = 0.005m;
    private const long GiB = 1L << 30;

    /// <summary>Deep Learning images unpack to some 45 GiB, and AWS asks for no less than the image's own size.</summary>
    private const int ImageGiB = 75;

    /// <summary>How long a choice stands before it is made anew.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromHours(1);

    /// <summary>Root volume in whole GiB: the image, the model with its checkpoints, and the dataset twice (packed and unpacked).</summary>
    public static int RootVolumeGiB(ModelRequirements requirements, DatasetSummary? dataset)
    {
        var data = (decimal)(dataset?.DownloadBytes ?? 0) + (dataset?.SizeBytes ?? dataset?.DownloadBytes ?? 0);
        return (int)Math.Clamp(Math.Ceiling(((decimal)requirements.DiskBytes + data) / GiB) + ImageGiB, ImageGiB, 16_384);
    }

    /// <summary>How far the price per hour may rise over what was approved before it is asked for again.</summary>
    public const decimal Tolerance = 0.05m;

    /// <summary>The quote for the chosen offer with the volume and the address it brings along.</summary>
    public static Quote Quote(RankedOffer choice, long snapshot, int rootVolumeGiB, decimal maxRuntimeHours, DateTimeOffset now)
    {
        var offer = choice.Offer;
        QuoteLine[] lines =
        [
            new($"{offer.InstanceType} {Contracts.Wire.Name(offer.Capacity)}", choice.Cost.PerHour, offer.Source, DateOnly.FromDateTime(offer.AsOf.UtcDateTime)),
            new($"{rootVolumeGiB} GiB gp3 root volume", Math.Round(rootVolumeGiB * Gp3PerGiBMonth / HoursPerMonth, 4), "Amazon EBS pricing, us-east-1: 0.08 USD per GB-month", new DateOnly(2020, 12, 1)),
            new("public IPv4 address", PublicIpv4PerHour, "Amazon VPC pricing: 0.005 USD per address and hour", new DateOnly(2024, 2, 1)),
        ];
        var perHour = lines.Sum(line => line.PerHour);
        return new Quote(
            Guid.CreateVersion7(now).ToString("N"), offer, lines, perHour,
            choice.Cost.HoursToFinish is { } hours ? Math.Round(perHour * hours, 4) : null,
            Math.Round(perHour * maxRuntimeHours, 4), maxRuntimeHours, now, now + Validity)
        {
            Snapshot = snapshot,
        };
    }

    /// <summary>The same quote at what its offer costs now; it is valid no longer than before.</summary>
    public static Quote At(Quote quote, Offer offer, long snapshot)
    {
        QuoteLine[] lines = [quote.Lines[0] with { PerHour = offer.PricePerHour!.Value, Source = offer.Source, AsOf = DateOnly.FromDateTime(offer.AsOf.UtcDateTime) }, .. quote.Lines.Skip(1)];
        var perHour = lines.Sum(line => line.PerHour);
        return quote with
        {
            Offer = offer,
            Lines = lines,
            PerHour = perHour,
            ToFinish = quote.ToFinish is { } toFinish ? Math.Round(toFinish * perHour / quote.PerHour, 4) : null,
            AtDeadline = Math.Round(perHour * quote.MaxRuntimeHours, 4),
            Snapshot = snapshot,
        };
    }
}
