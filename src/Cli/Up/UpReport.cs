using Terradev.Cli.Terminal;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Up;

/// <summary>Part of the report that becomes known at once.</summary>
internal sealed record Section(string Name, IReadOnlyList<Entry> Entries);

/// <summary>What `up` and `show` tell about an environment: an answer in, lines out.</summary>
internal static class UpReport
{
    private const int MostParts = 4;

    /// <summary>The sections that the answer has, in the order of the report; <paramref name="inFull"/> adds what was assumed.</summary>
    public static IEnumerable<Section> Sections(EnvironmentResponse environment, Clock clock, string? home, bool inFull)
    {
        if (environment.Model is { } model)
        {
            yield return new("model", [Model(model, environment.Requirements?.Parameters, clock)]);
        }

        if (environment.Dataset is { } dataset)
        {
            yield return new("dataset", [Dataset(dataset, clock)]);
        }

        if (environment.Requirements is { } requirements)
        {
            yield return new("needs", [Needs(requirements), .. Assumed(inFull ? requirements.Assumptions : [])]);
        }

        if (environment.Recommendation is { } recommendation)
        {
            yield return new("choice", [.. Choice(recommendation), .. Assumed(inFull ? recommendation.Assumptions.Except(environment.Requirements?.Assumptions ?? []) : [])]);
        }

        if (environment.BundlePath is { } path)
        {
            yield return new("bundle", [new("bundle", Printable.Line(Short(path, home)))]);
        }

        if (environment.Plan is { } plan)
        {
            yield return new("plan", [Plan(plan, environment.Rehearsal)]);
        }

        if (environment is { Plan: not null, Quote: { } quote })
        {
            yield return new("cost", [Cost(quote)]);
        }
    }

    /// <summary>The lines that end the report, once nothing more is going to happen by itself.</summary>
    public static IEnumerable<Entry> Ending(EnvironmentResponse environment, Clock clock)
    {
        var name = Printable.Line(environment.Name);
        switch (environment.Status)
        {
            case EnvironmentStatus.Ready:
                foreach (var (output, value) in environment.Outputs.Where(output => !string.IsNullOrEmpty(output.Value)).OrderBy(output => output.Key, StringComparer.Ordinal))
                {
                    yield return new("output", Printable.Line(output), Printable.Line(value), Tone: Tone.Plain);
                }

                var until = environment.ExpiresAt is { } end ? $"Ends by itself {clock.When(end)}." : "It has no deadline.";
                yield return new("ready", $"{until} Sooner: terradev destroy {name}", Tone: Tone.Good);
                break;
            case EnvironmentStatus.AwaitingApproval:
                yield return new("waits", $"Nothing was created. To create it: terradev approve {name}", Tone: Tone.Warning);
                break;
            case EnvironmentStatus.Destroyed:
                yield return new("gone", $"Nothing of {name} is left.", Tone: Tone.Good);
                break;
            case EnvironmentStatus.Generated when environment is { Rehearsal: true, Plan: not null }:
                yield return new("done", $"Nothing was created. With credentials: terradev apply {name}", Tone: Tone.Good);
                break;
        }
    }

    /// <summary>One offer on one line: the instance, its GPUs and price, and who said the price when.</summary>
    public static Entry Offer(string label, Offer offer) => new(
        label,
        $"{Printable.Line(offer.InstanceType)} {Wire.Name(offer.Capacity)}, {Printable.Line(offer.Zone ?? offer.Region)}",
        $"{Gpus(offer.Gpu)}, {Format.PerHour(offer.PricePerHour)}",
        PriceSource(offer));

    /// <summary><c>1 x T4 16 GiB</c>.</summary>
    public static string Gpus(OfferGpu gpu) => $"{gpu.Count:0.##} x {Printable.Line(gpu.Model)} {Format.GpuMemory(gpu.MemoryMiB)}";

    /// <summary><c>estimate of 2026-07-20</c>.</summary>
    public static string PriceSource(Offer offer) => offer.Confidence switch
    {
        PriceConfidence.Listed => $"{Printable.Line(offer.Source)}, {Format.Day(offer.AsOf)}",
        PriceConfidence.Estimate => $"estimate of {Format.Day(offer.AsOf)}",
        PriceConfidence.Stale => $"old price of {Format.Day(offer.AsOf)}",
        _ => $"not told by {Printable.Line(offer.Source)}",
    };

    /// <summary><c>31 of 137 fit; 106 refused: 74 over budget, 20 memory, 12 dtype</c>.</summary>
    public static string Fitting(Recommendation recommendation)
    {
        var refused = recommendation.RejectedByCode.Values.Sum();
        var fitting = $"{Format.Count(recommendation.Considered - refused)} of {Format.Count(recommendation.Considered)} offers fit";
        return refused == 0
            ? fitting
            : $"{fitting}; {Format.Count(refused)} refused: {string.Join(", ", recommendation.RejectedByCode
                .Where(code => code.Value > 0).OrderByDescending(code => code.Value).ThenBy(code => code.Key, StringComparer.Ordinal)
                .Select(code => $"{Format.Count(code.Value)} {Words(code.Key)}"))}";
    }

    /// <summary><c>full fine-tune, fp16, batch 16, 512 tokens</c>.</summary>
    public static string Workload(ModelRequirements requirements) => string.Join(", ",
        requirements.Mode switch
        {
            WorkloadMode.Inference => "inference",
            WorkloadMode.Full => "full fine-tune",
            WorkloadMode.Lora => "LoRA",
            _ => "QLoRA",
        },
        Wire.Name(requirements.Precision),
        $"batch {Format.Count(requirements.BatchSize)}",
        $"{Format.Count(requirements.ContextLength)} tokens");

    private static Entry Model(ModelSummary model, ModelParameters? parameters, Clock clock)
    {
        var size = (parameters?.Total ?? model.Parameters) is { } total ? $"{Format.Parameters(total)} parameters" : "size unknown";
        var found = parameters?.Confidence switch
        {
            null => "",
            Confidence.Headers => ", from the file headers",
            Confidence.Config => ", computed from the configuration",
            Confidence.Files => ", from the file sizes",
            _ => ", guessed from the name",
        };
        return new("model", Printable.Line(model.Id), size + found, Origin(model.Source, model.Provenance, clock));
    }

    private static Entry Dataset(DatasetSummary dataset, Clock clock)
    {
        var rows = dataset.Rows is { } count ? $"{Format.Count(count)} rows" : "rows unknown";
        var size = (dataset.DownloadBytes ?? dataset.SizeBytes) is { } bytes ? Format.Size(bytes) : "size unknown";
        return new("dataset", Printable.Line(dataset.Id), $"{rows}, {size}", Origin(dataset.Source, dataset.Provenance, clock));
    }

    private static IEnumerable<Entry> Assumed(IEnumerable<string> assumptions) =>
        assumptions.Select(assumption => new Entry("", Printable.Line(assumption), Tone: Tone.Faint));

    private static Entry Needs(ModelRequirements requirements)
    {
        var memory = requirements.Memory;
        (string Name, long Bytes)[] parts =
        [
            ("weights", memory.WeightsBytes), ("KV cache", memory.KvCacheBytes), ("activations", memory.ActivationBytes),
            ("gradients", memory.GradientBytes), ("optimizer", memory.OptimizerBytes), ("overhead", memory.OverheadBytes),
        ];
        return new(
            "needs",
            $"{Format.GiBs(memory.TotalBytes)} GiB on the GPU",
            Workload(requirements),
            string.Join(" + ", parts.Where(part => part.Bytes > 0).Select(part => $"{part.Name} {Format.GiBs(part.Bytes)}")));
    }

    private static IEnumerable<Entry> Choice(Recommendation recommendation)
    {
        if (recommendation.Ranked is [var best, ..])
        {
            yield return Offer("choice", best.Offer);
            foreach (var reason in best.Reasons)
            {
                yield return new("", Printable.Line(reason), Tone: Tone.Plain);
            }
        }

        yield return new(recommendation.Ranked is [] ? "choice" : "", Fitting(recommendation), Tone: Tone.Plain);
    }

    private static Entry Plan(PlanSummary plan, bool rehearsal) => new(
        "plan", $"{plan.Add} to add, {plan.Change} to change, {plan.Destroy} to destroy", Note: rehearsal ? "rehearsal: no apply" : null);

    private static Entry Cost(Quote quote)
    {
        var finish = quote.ToFinish is { } toFinish ? $", {Format.Total(toFinish)} to finish" : "";
        return new(
            "cost",
            $"{Format.PerHour(quote.PerHour)} all in{finish}, {Format.Total(quote.AtDeadline)} at the {Format.Hours(quote.MaxRuntimeHours)} deadline",
            Note: Parts(quote.Lines));
    }

    // The dearest few, the machine first; the bundle's README has them all.
    private static string Parts(IReadOnlyList<QuoteLine> lines)
    {
        var paid = lines.Where(line => line.PerHour > 0).ToList();
        List<QuoteLine> shown = paid.Count <= MostParts ? paid : [.. paid.Take(1), .. paid.Skip(1).OrderByDescending(line => line.PerHour).Take(MostParts - 2)];
        var others = paid.Count - shown.Count;
        IEnumerable<string> parts = shown.Select(line => $"{Printable.Line(line.Item)} {line.PerHour:0.0000}");
        return string.Join(" + ", others == 0 ? parts : parts.Append($"{others} more {paid.Sum(line => line.PerHour) - shown.Sum(line => line.PerHour):0.0000}"));
    }

    private static string Origin(string hub, Provenance provenance, Clock clock) => provenance.Source == "snapshot"
        ? $"{Printable.Line(hub)}, snapshot of {clock.Day(provenance.AsOf)}"
        : $"{Printable.Line(provenance.Source)}, {clock.When(provenance.AsOf)}";

    private static string Words(string code) => code switch
    {
        RejectionCodes.Budget => "over budget",
        RejectionCodes.UnknownPrice => "without a price",
        _ => Printable.Line(code),
    };

    private static string Short(string path, string? home) =>
        !string.IsNullOrEmpty(home) && path.StartsWith(home.TrimEnd('/') + "/", StringComparison.Ordinal) ? "~" + path[home.TrimEnd('/').Length..] : path;
}
