using Terradev.ComputeOptimizer.Clouds;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>The figures behind the figures, each with its unit and source.</summary>
internal static class Inputs
{
    private const string Policy = "policy of the optimizer";
    private const string Job = "job of the request";
    private const string Registry = "requirements of the model";

    /// <summary>Those that are the same for every offer.</summary>
    public static IReadOnlyList<CostInput> OfAll(Demand demand)
    {
        var (work, policy, job, needs) = (demand.Work, demand.Policy, demand.Request.Job, demand.Request.Requirements);
        List<CostInput> inputs =
        [
            Input("flopsUtilisation", work.FlopsUtilisation, "part of peak", job?.FlopsUtilisation is null ? Policy : Job),
            Input("bandwidthUtilisation", work.BandwidthUtilisation, "part of peak", job?.BandwidthUtilisation is null ? Policy : Job),
            Input("flopsPerToken", work.FlopsPerToken, "FLOP", $"{Registry}: active parameters x {Work.FlopsPerParameter(needs.Mode, policy)}"),
        ];
        if (work.Tokens is not { } tokens)
        {
            return inputs;
        }

        var download = (double)needs.Memory.WeightsBytes + (demand.Request.DatasetBytes ?? 0);
        inputs.AddRange(
        [
            Input("tokens", tokens, "tokens", job?.Tokens is null ? "rows x tokens per row x epochs of the dataset" : Job),
            Input("replicas", work.Replicas, "instances", job?.Replicas is null ? "one unless the job says more" : Job),
            Input("boot", policy.BootMinutes, "minutes", Policy),
            Input("download", download / 1e9, "GB", $"{Registry}: weights, and the dataset"),
            Input("downloadRate", policy.DownloadBytesPerSecond / 1e6, "MB/s", Policy),
            Input("restart", work.RestartHours * 60, "minutes", job?.RestartMinutes is null ? Policy : Job),
            Input("disk", (double)work.DiskGB, "GB of each replica", $"{Registry}, and the dataset"),
        ]);
        if (needs.Mode == WorkloadMode.Inference)
        {
            inputs.Add(Input("inFlight", policy.InFlightMinutes, "minutes", Policy));
        }
        else
        {
            inputs.Add(Input("checkpoint", Work.CheckpointBytes(needs) / 1e9, "GB", $"{Registry}: optimizer state and trained weights"));
            inputs.Add(Input("checkpointRate", policy.CheckpointBytesPerSecond / 1e6, "MB/s", Policy));
        }

        if (work.EgressGB > 0)
        {
            inputs.Add(Input("egress", (double)work.EgressGB, "GB", demand.Request.Constraints.Data?.SizeGB is null ? "size of the dataset" : "constraints of the request"));
        }

        return inputs;
    }

    /// <summary>Those of one offer with a known cost to finish.</summary>
    public static IReadOnlyList<CostInput> Of(Candidate candidate, Demand demand)
    {
        var (offer, priceClass) = (candidate.Offer.Offer, candidate.Class);
        var (model, speed) = (GpuModels.Find(offer.Gpu.Model)!, candidate.Group.Throughput!);
        var disk = CloudProfiles.Of(offer.Cloud).DiskPerGBMonth;
        List<CostInput> inputs =
        [
            new("price", candidate.Price, "USD/h", FormattableString.Invariant($"{offer.Source}, {offer.AsOf:yyyy-MM-dd}")),
            Input("peak", model.HalfTflops!.Value, "TFLOPS of one GPU, half precision", "datasheet of the GPU"),
            .. model.BandwidthGBs is { } bandwidth ? [Input("bandwidth", bandwidth, "GB/s of one GPU", "datasheet of the GPU")] : Array.Empty<CostInput>(),
            Input("gpus", offer.Gpu.Count < 1 ? (double)offer.Gpu.Count : candidate.Group.Fit.GpusUsed, "GPUs in use", "fit"),
            Input("linkEfficiency", speed.LinkEfficiency, "part of the speed", speed.LinkEfficiency < 1 ? Policy : "one GPU, or NVLink"),
            Input("tokensPerSecond", speed.TokensPerSecond, "tokens/s", $"roofline, held by {speed.Limit}"),
            Input("work", candidate.Group.WorkHours!.Value, "h of each replica", "tokens / tokensPerSecond / replicas"),
            Input("interruptionsPerHour", priceClass.InterruptionsPerHour, "1/h of each replica", InterruptionSource(candidate, demand)),
            new("diskRate", disk.Usd, "USD per GB and month", disk.Source),
        ];
        if (priceClass.Run?.CheckpointEvery is { } every)
        {
            inputs.Add(demand.Request.Requirements.Mode == WorkloadMode.Inference
                ? Input("lostAtMost", every * 60, "minutes", "requests in flight")
                : Input("checkpointEvery", every * 60, "minutes", "sqrt(2 x write time / interruptions per hour), Young 1974"));
        }

        if (priceClass.Egress is { } egress)
        {
            inputs.Add(new("egressRate", egress.Usd, "USD per GB", egress.Source));
        }

        return inputs;
    }

    /// <summary>Where the interruptions per hour come from.</summary>
    public static string InterruptionSource(Candidate candidate, Demand demand)
    {
        if (candidate.Offer.Offer.Capacity == Capacity.OnDemand)
        {
            return "on-demand is not interrupted";
        }

        if (demand.Request.Job?.InterruptionsPerHour is not null)
        {
            return Job;
        }

        return InterruptionBand.Parse(candidate.Offer.InterruptionBand) switch
        {
            null => $"not told by the provider; {Words.Number(demand.Policy.UnknownBandPercent)}% in a month by {Policy}",
            { UpperPercent: >= 100 } band => $"AWS Spot Advisor: {band.Text} in a month; {Words.Number(Math.Max(band.LowerPercent, demand.Policy.OpenBandPercent))}% by {Policy}",
            var band => $"AWS Spot Advisor: {band.Text} in a month, its upper end",
        };
    }

    private static CostInput Input(string name, double value, string unit, string source) => new(name, Rounded(value), unit, source);

    // Six significant digits, as a decimal without an exponent.
    private static decimal Rounded(double value)
    {
        if (value is 0 or double.NaN)
        {
            return 0;
        }

        var clamped = Math.Clamp(value, -1e24, 1e24);
        var digits = 5 - (int)Math.Floor(Math.Log10(Math.Abs(clamped)));
        return digits is >= 0 and <= 15 ? Math.Round((decimal)clamped, digits) / 1.000000000000000m : Math.Round((decimal)clamped, 15) / 1.000000000000000m;
    }
}
