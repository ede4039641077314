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

    /// <summary>A year, for deadlines, which nothing ends by itself.</summary>
    public const decimal MaxDeadlineHours = 8_760m;
    public const decimal MaxGpus = 1_024m;

    /// <summary>A petabyte.</summary>
    public const decimal MaxDataGB = 1_000_000m;

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
        CheckRange("deadlineHours", constraints.DeadlineHours, MaxDeadlineHours, errors);
        CheckRange("minGpus", constraints.MinGpus, MaxGpus, errors);
        CheckRange("maxGpus", constraints.MaxGpus, MaxGpus, errors);
        CheckRange("maxInterruptionPercent", constraints.MaxInterruptionPercent, 100, errors);
        if (constraints.MinGpus > constraints.MaxGpus)
        {
            errors["constraints.maxGpus"] = ["It must not be below minGpus."];
        }

        if (constraints.Data is { } data)
        {
            CheckData(data, errors);
        }
    }

    /// <summary>Adds what a limit lacks to be held against: an end of the work for a deadline, and that or a limit of hours for a total budget.</summary>
    /// <param name="workKnown">Whether the tokens of the work are known.</param>
    public static void CheckWork(Constraints constraints, bool workKnown, Dictionary<string, string[]> errors)
    {
        if (workKnown)
        {
            return;
        }

        const string NameTokens = "name job.tokens, or train on a dataset whose rows and tokens are known";
        if (constraints is { TotalBudget: not null, MaxRuntimeHours: null })
        {
            errors.TryAdd("constraints.maxRuntimeHours", [$"A total budget needs a limit of hours to be compared with, or a known amount of work: {NameTokens}."]);
        }

        if (constraints.DeadlineHours is not null)
        {
            errors.TryAdd("constraints.deadlineHours", [$"A deadline needs a known amount of work: {NameTokens}."]);
        }
    }

    /// <summary>The refusal of names that no offer has, with the closest that exist; null when all are known.</summary>
    public static Refusal? Unknown(Constraints constraints, OfferSnapshot snapshot)
    {
        if (constraints.Regions?.FirstOrDefault(name => !snapshot.Regions.Contains(name) && snapshot.Index.ZoneOf(name) < 0) is { } region)
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
        else if (names.Any(name => name is null || name.Length is 0 or > MaxNameLength || !IsName(name)))
        {
            errors[$"constraints.{field}"] = [$"Each entry has 1 to {MaxNameLength} letters, digits, '.', '_' and '-'."];
        }
    }

    private static void CheckData(DataLocation data, Dictionary<string, string[]> errors)
    {
        if (data.Cloud is null)
        {
            errors["constraints.data.cloud"] = ["It is needed to know what moving the data costs."];
        }

        if (data.Region is not { Length: > 0 and <= MaxNameLength } region || !IsName(region))
        {
            errors["constraints.data.region"] = [$"It is needed, with 1 to {MaxNameLength} letters, digits, '.', '_' and '-'."];
        }

        CheckRange("data.sizeGB", data.SizeGB, MaxDataGB, errors);
    }

    private static bool IsName(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static void CheckRange(string field, decimal? value, decimal max, Dictionary<string, string[]> errors)
    {
        if (value is <= 0 || value > max)
        {
            errors[$"constraints.{field}"] = [$"It must be above 0 and at most {Words.Number(max)}."];
        }
    }
}
