using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Blueprints;
using Terradev.EnvironmentGenerator.Bundles;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>Checks a request by itself, reports everything that is wrong with it at once, and fills in the defaults.</summary>
public static partial class ValidateRequest
{
    public const decimal DefaultRuntimeHours = 12;
    public const decimal MaxRuntimeHours = 720;
    private const decimal MaxUsd = 1_000_000;

    /// <summary>The request with its defaults, or the refusal.</summary>
    /// <param name="registered">The registered blueprint that the request names, where it names no shipped one.</param>
    public static (EnvironmentRequest Request, Refusal? Refusal) Check(EnvironmentRequest request, string defaultRegion, Blueprint? registered = null)
    {
        var errors = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        void Fault(string field, string message) => errors[field] = [message];

        if (request.Name is { } name && (!Name().IsMatch(name) || ReservedBucketPrefix().IsMatch(name)))
        {
            Fault("name", "3 to 24 lower-case letters, digits and hyphens, starting with a letter, not ending with a hyphen, and none of Amazon's reserved prefixes (xn--, sthree-, amzn-s3-demo-).");
        }

        var model = Reference("model", request.Model, required: true, Fault);
        var dataset = Reference("dataset", request.Dataset, required: false, Fault);
        if (request.Task is { } task && !Word().IsMatch(task))
        {
            Fault("task", "1 to 64 lower-case letters, digits and hyphens, such as text-classification.");
        }

        if (request.ContextLength is < 1 or > 10_000_000)
        {
            Fault("contextLength", "1 to 10,000,000 tokens.");
        }

        if (request.BatchSize is < 1 or > 65_536)
        {
            Fault("batchSize", "1 to 65,536.");
        }

        if (request.Region is { } region && !Region().IsMatch(region))
        {
            Fault("region", "The code of a region, such as us-east-1.");
        }

        if (request.InstanceType is { } type && !InstanceType().IsMatch(type))
        {
            Fault("instanceType", "The name of an instance type, such as g5.xlarge.");
        }

        Money("budget.maxHourly", request.Budget?.MaxHourly, Fault);
        Money("budget.total", request.Budget?.Total, Fault);
        if (request.MaxRuntimeHours is <= 0 or > MaxRuntimeHours)
        {
            Fault("maxRuntimeHours", $"More than 0 and at most {MaxRuntimeHours.ToString(CultureInfo.InvariantCulture)} hours.");
        }

        if (request.Owner is { } owner && !Owner().IsMatch(owner))
        {
            Fault("owner", "1 to 100 letters, digits, spaces and _ . : / = + - @, which is what clouds take in a tag.");
        }

        foreach (var (field, message) in RequestTags.Faults(request.Tags))
        {
            Fault(field, message);
        }

        var cloud = request.Cloud ?? Cloud.Aws;
        var blueprint = request.Blueprint ?? "training";
        var known = Blueprint.Find(cloud, blueprint) ?? registered;
        foreach (var (field, messages) in Options(known, request.Variables))
        {
            errors[field] = messages;
        }

        if (errors.Count > 0)
        {
            return (request, new Refusal(RefusalCodes.InvalidRequest, $"{errors.Count} field(s) are not valid: {string.Join(", ", errors.Keys)}.", "Correct the fields named under errors.", errors));
        }

        if (known is null)
        {
            var all = string.Join(", ", Blueprint.All.Select(b => $"{b.Name} on {Wire.Name(b.Cloud)}"));
            return (request, new Refusal(
                RefusalCodes.UnknownBlueprint, $"There is no blueprint '{Shown(blueprint)}' for {Wire.Name(cloud)}.", $"Use one of: {all}; GET /api/v1/blueprints lists the registered ones too.",
                new Dictionary<string, string[]> { ["blueprint"] = [$"Known: {all}."] }));
        }

        return (request with
        {
            Model = model!.ToString(),
            Dataset = dataset?.ToString(),
            Cloud = cloud,
            Blueprint = blueprint,
            Region = request.Region ?? defaultRegion,
            Capacity = request.Capacity ?? CapacityPreference.SpotPreferred,
            MaxRuntimeHours = request.MaxRuntimeHours ?? DefaultRuntimeHours,
        }, null);
    }

    /// <summary>A name of the model and four random letters, such as <c>bert-base-uncased-x7k2</c>; at most 24 characters.</summary>
    public static string DeriveName(string model, Random random)
    {
        var last = model[(model.LastIndexOfAny(['/', ':']) + 1)..].ToLowerInvariant();
        var stem = NotInName().Replace(last, "-").Trim('-');
        if (stem.Length == 0 || !char.IsAsciiLetter(stem[0]))
        {
            stem = "m-" + stem;
        }

        stem = stem[..Math.Min(stem.Length, 19)].TrimEnd('-');
        return $"{stem}-{new string(random.GetItems("abcdefghijkmnpqrstuvwxyz23456789".AsSpan(), 4))}";
    }

    // A value that is refused whichever blueprint it is for need not be one that can be read.
    private static IReadOnlyDictionary<string, string[]> Options(Blueprint? blueprint, IReadOnlyDictionary<string, JsonElement>? variables)
    {
        var faults = RequestVariables.Faults(variables).GroupBy(fault => fault.Field, fault => fault.Message).ToDictionary(fault => fault.Key, fault => fault.Distinct().ToArray());
        return faults.Count > 0 || blueprint is null ? faults : BlueprintOptions.Check(blueprint, variables);
    }

    private static HubReference? Reference(string field, string? text, bool required, Action<string, string> fault)
    {
        if (text is null && !required)
        {
            return null;
        }

        if (HubReference.TryParse(text, out var reference))
        {
            return reference;
        }

        fault(field, string.IsNullOrEmpty(text)
            ? $"Name a {field}, such as huggingface:{(field == "model" ? "google-bert/bert-base-uncased" : "stanfordnlp/imdb")}."
            : "Written source:id; the id has letters, digits and . _ - /, up to 200 characters.");
        return null;
    }

    private static void Money(string field, decimal? amount, Action<string, string> fault)
    {
        if (amount is <= 0 or > MaxUsd)
        {
            fault(field, "More than 0 and at most 1,000,000 USD.");
        }
    }

    // Long or odd text is shown shortened and without control characters.
    private static string Shown(string text) => new([.. text.Take(64).Select(c => char.IsControl(c) ? ' ' : c)]);

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,22}[a-z0-9]\z", RegexOptions.None, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A(?:xn--|sthree-|amzn-s3-demo-)", RegexOptions.None, 1000)]
    private static partial Regex ReservedBucketPrefix();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,63}\z", RegexOptions.None, 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,40}\z", RegexOptions.None, 1000)]
    private static partial Regex Region();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9._-]{1,63}\z", RegexOptions.None, 1000)]
    private static partial Regex InstanceType();

    [GeneratedRegex(@"\A[\p{L}\p{N} _.:/=+@-]{1,100}\z", RegexOptions.None, 1000)]
    private static partial Regex Owner();

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.None, 1000)]
    private static partial Regex NotInName();
}
