using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>Prices the whole environment, not the machine alone. Pure.</summary>
public static class EnvironmentPrice
{
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

    /// <summary>The quote for the chosen offer with everything that the environment makes beside it.</summary>
    public static Quote Quote(RankedOffer choice, long snapshot, EnvironmentShape shape, decimal maxRuntimeHours, DateTimeOffset now)
    {
        var offer = choice.Offer;
        var machine = choice.Cost.PerHour;
        QuoteLine[] lines =
        [
            new($"{(shape.Machines == 1 ? "" : $"{shape.Machines} x ")}{offer.InstanceType} {Contracts.Wire.Name(offer.Capacity)}",
                machine * shape.Machines, offer.Source, DateOnly.FromDateTime(offer.AsOf.UtcDateTime)),
            .. EnvironmentParts.OfMachines(shape, shape.Machines),
            .. EnvironmentParts.OfEnvironment(shape),
        ];
        var perHour = lines.Sum(line => line.PerHour);
        var grown = shape.MostMachines == shape.Machines
            ? 0
            : (machine * (shape.MostMachines - shape.Machines))
                + EnvironmentParts.OfMachines(shape, shape.MostMachines).Sum(line => line.PerHour) - EnvironmentParts.OfMachines(shape, shape.Machines).Sum(line => line.PerHour);
        return new Quote(
            Guid.CreateVersion7(now).ToString("N"), offer, lines, perHour,
            choice.Cost.HoursToFinish is { } hours ? Math.Round(perHour * hours, 4) : null,
            Math.Round((perHour + grown) * maxRuntimeHours, 4), maxRuntimeHours, now, now + Validity)
        {
            Snapshot = snapshot,
            Machines = shape.Machines,
            MostMachines = shape.MostMachines,
            PerMonth = lines.Sum(line => line.PerMonth),
            MostPerHour = perHour + grown,
        };
    }

    /// <summary>The same quote at what its offer costs now; it is valid no longer than before.</summary>
    public static Quote At(Quote quote, Offer offer, long snapshot)
    {
        var price = offer.PricePerHour!.Value;
        var machines = quote.Lines[0] with
        {
            PerHour = price * quote.Machines,
            PerMonth = EnvironmentParts.Month(price * quote.Machines),
            Source = offer.Source,
            AsOf = DateOnly.FromDateTime(offer.AsOf.UtcDateTime),
        };
        QuoteLine[] lines = [machines, .. quote.Lines.Skip(1)];
        var perHour = lines.Sum(line => line.PerHour);
        var most = perHour + (quote.MostPerHour - quote.PerHour)
            + ((price - (quote.Offer.PricePerHour ?? price)) * (quote.MostMachines - quote.Machines));
        return quote with
        {
            Offer = offer,
            Lines = lines,
            PerHour = perHour,
            PerMonth = lines.Sum(line => line.PerMonth),
            MostPerHour = most,
            ToFinish = quote.ToFinish is { } toFinish ? Math.Round(toFinish * perHour / quote.PerHour, 4) : null,
            AtDeadline = Math.Round(most * quote.MaxRuntimeHours, 4),
            Snapshot = snapshot,
        };
    }
}
