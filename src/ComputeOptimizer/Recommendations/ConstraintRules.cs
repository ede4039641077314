using System.Collections.Frozen;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>What constraints may say.</summary>
public static class ConstraintRules
{
    public const int MaxNames = 100;
    public const int MaxNameLength = 64;
    public const decimal MaxUsd = 1_000_000m;
    public const decimal MaxHours = 720m;

    /// <summary>Adds the messages of every field at fault, each under <c>constraints.</c> and its name.</summary>
    public static void Check(Constraints constraints, Dictionary<string, string[]> errors)
    {
        CheckNames("regions", constraints.Regions, errors);
        CheckNames("gpus", constraints.Gpus, errors);
        CheckNames("instanceTypes", constraints.InstanceTypes, errors);
        if (constraints.Clouds is { Count: > MaxNames })
        {
            errors["constraints.clouds"] = [$"It may have up to {MaxNames} entries."];
        }

        CheckRange("maxHourly", constraints.MaxHourly, MaxUsd, errors);
        CheckRange("totalBudget", constraints.TotalBudget, MaxUsd, errors);
        CheckRange("maxRuntimeHours", constraints.MaxRuntimeHours, MaxHours, errors);
        if (constraints is { TotalBudget: not null, MaxRuntimeHours: null })
        {
            errors["constraints.maxRuntimeHours"] = ["A total budget needs a limit of hours to be compared with."];
        }
    }

    /// <summary>The refusal of names that no offer has, with the closest that exist; null when all are known.</summary>
    public static Refusal? Unknown(Constraints constraints, OfferSnapshot snapshot)
    {
        if (Missing(constraints.Regions, snapshot.Regions) is { } region)
        {
            return new Refusal(
                RefusalCodes.UnknownRegion,
                $"No offer is in the region '{region}'. Closest: {Words.List(CloseNames.To(region, snapshot.Regions))}.",
                $"Use one of {Words.List(snapshot.Regions.Order(StringComparer.Ordinal))}.");
        }

        if (Missing(constraints.InstanceTypes, snapshot.InstanceTypes) is { } instanceType)
        {
            return new Refusal(
                RefusalCodes.UnknownInstanceType,
                $"No offer has the instance type '{instanceType}'. Closest: {Words.List(CloseNames.To(instanceType, snapshot.InstanceTypes))}.",
                "GET /api/v1/offers lists the instance types with their prices.");
        }

        if (Missing(constraints.Gpus, snapshot.Gpus) is { } gpu)
        {
            return new Refusal(
                RefusalCodes.InvalidRequest,
                $"No offer has the GPU '{gpu}'. Closest: {Words.List(CloseNames.To(gpu, snapshot.Gpus))}.",
                "Correct the fields in 'errors'.",
                new Dictionary<string, string[]>(StringComparer.Ordinal)
                {
                    ["constraints.gpus"] = [$"'{gpu}' is not one of {Words.List(snapshot.Gpus.Order(StringComparer.Ordinal))}."],
                });
        }

        return null;
    }

    private static string? Missing(IReadOnlyList<string>? names, FrozenSet<string> known) => names?.FirstOrDefault(name => !known.Contains(name));

    private static void CheckNames(string field, IReadOnlyList<string>? names, Dictionary<string, string[]> errors)
    {
        if (names is null)
        {
            return;
        }

        if (names.Count > MaxNames)
        {
            errors[$"constraints.{field}"] = [$"It may have up to {MaxNames} entries."];
        }
        else if (names.Any(name => name is null || name.Length is 0 or > MaxNameLength || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
        {
            errors[$"constraints.{field}"] = [$"Each entry has 1 to {MaxNameLength} letters, digits, '.', '_' and '-'."];
        }
    }

    private static void CheckRange(string field, decimal? value, decimal max, Dictionary<string, string[]> errors)
    {
        if (value is <= 0 || value > max)
        {
            errors[$"constraints.{field}"] = [$"It must be above 0 and at most {Words.Number(max)}."];
        }
    }
}
