using Terradev.ComputeOptimizer.Prices;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Advice;

/// <summary>What a forecast may be asked.</summary>
internal static class ForecastRules
{
    public const decimal MaxTotal = 1_000_000_000m;

    /// <summary>Ten years of 365 days.</summary>
    public const int MaxHours = 87_600;

    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The refusal with the messages of every field at fault; null when the request can be worked on.</summary>
    public static Refusal? Check(ForecastRequest request)
    {
        var faults = new Faults();
        if (request.PricePerHour is null)
        {
            CheckOffer(request, faults);
        }
        else
        {
            foreach (var (field, given) in new[]
            {
                ("cloud", request.Cloud is not null), ("region", request.Region is not null), ("zone", request.Zone is not null),
                ("instanceType", request.InstanceType is not null), ("capacity", request.Capacity is not null),
            })
            {
                faults.Unless(!given, field, "The price is told; leave this out, or leave pricePerHour out.");
            }
        }

        faults.UnlessWithin("pricePerHour", request.PricePerHour, ConstraintRules.MaxUsd);
        faults.UnlessWithin("budget", request.Budget, MaxTotal);
        faults.Unless(request.SpentSoFar is null or (>= 0 and <= MaxTotal), "spentSoFar", $"It must be from 0 to {Words.Number(MaxTotal)}.");
        faults.Unless(request.ExtraPerHour is null or (>= 0 and <= ConstraintRules.MaxUsd), "extraPerHour", $"It must be from 0 to {Words.Number(ConstraintRules.MaxUsd)}.");
        CheckTimes(request, faults);
        return faults.Refusal();
    }

    private static void CheckOffer(ForecastRequest request, Faults faults)
    {
        faults.Unless(request.Cloud is not null, "cloud", $"It is needed: one of {Words.List(Wire.Names<Cloud>())}; or pricePerHour in place of the offer.");
        faults.UnlessName("region", request.Region);
        faults.Unless(request.Zone is null || PriceText.IsName(request.Zone), "zone", "Name a zone as the cloud spells it.");
        faults.UnlessName("instanceType", request.InstanceType);
        faults.Unless(request.Capacity is not null, "capacity", $"It is needed: one of {Words.List(Wire.Names<Capacity>())}.");
    }

    private static void CheckTimes(ForecastRequest request, Faults faults)
    {
        if (request.StartedAt is not { } startedAt || startedAt < Earliest || startedAt > Latest)
        {
            faults.Add("startedAt", $"It is needed, from {Earliest:yyyy-MM-dd} to {Latest:yyyy-MM-dd}.");
            faults.Unless(request.Until is not null, "until", "It is needed.");
            return;
        }

        faults.Unless(request.Until is { } until && until > startedAt && (until - startedAt).TotalHours <= MaxHours, "until", $"It is needed, after startedAt by up to {MaxHours} h.");
        faults.Unless(request.StopsAt is null || request.StopsAt > startedAt, "stopsAt", "It must be after startedAt.");
    }
}
