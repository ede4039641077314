using Terradev.Cli.Terminal;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Tests;

/// <summary>Answers as a server gives them; the figures are made up but agree with each other.</summary>
internal static class Sample
{
    private const long GiB = 1024L * 1024 * 1024;
    private static readonly DateTimeOffset Morning = new(2026, 11, 22, 10, 4, 0, TimeSpan.Zero);

    public static Clock Clock { get; } = new(Morning.AddMinutes(1), TimeZoneInfo.Utc);

    public static Offer T4Spot { get; } = new(
        Cloud.Aws, "us-east-1", null, "g4dn.xlarge", Capacity.Spot, new OfferGpu("T4", 1, 16384, "nvidia", "7.5", Interconnect.Pcie), 4, 16, null, 0.1894m,
        "aws-price-list", new DateTimeOffset(2026, 7, 20, 0, 0, 0, TimeSpan.Zero), PriceConfidence.Estimate);

    public static Offer FourA100 { get; } = new(
        Cloud.Aws, "us-east-1", "us-east-1b", "p4d.24xlarge", Capacity.OnDemand, new OfferGpu("A100", 8, 40960, "nvidia", "8.0", Interconnect.Nvlink), 96, 1152, null, 32.7726m,
        "aws-price-list", new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero), PriceConfidence.Listed);

    public static ModelSummary Bert { get; } = new(
        "huggingface", "google-bert/bert-base-uncased", "fill-mask", "transformers", "apache-2.0", false, 109_482_240, 50_000_000, 2000, null, [],
        new Provenance("huggingface", Morning));

    public static DatasetSummary Imdb { get; } = new(
        "huggingface", "stanfordnlp/imdb", "text-classification", "text", "other", false, 100_000, 83_446_840, 133_190_346, [], 100_000, 300, [],
        new Provenance("huggingface", Morning));

    public static ModelRequirements BertNeeds { get; } = new(
        "huggingface:google-bert/bert-base-uncased", WorkloadMode.Full, Precision.Fp16, 512, 16,
        new ModelParameters(109_482_240, 109_482_240, new Dictionary<string, long> { ["F32"] = 109_482_240 }, "safetensors headers", Confidence.Headers),
        109_482_240,
        new MemoryBreakdown(218_964_480, 0, 0, (long)(1.2 * GiB), 218_964_480, 1_313_786_880, 600_000_000),
        2 * GiB, 8 * GiB, new GpuRequirements(null, [1, 2]), "the formula", ["batch 16 because none was given"]);

    public static Recommendation Recommendation { get; } = new(
        [
            new(T4Spot, new OfferFit((long)(3.4 * GiB), 15 * GiB, 77.3m, 1, 1), new OfferCost(0.1894m, 0.21m, 1.1364m, 1.1m), ["cheapest hour of the 31 that fit", "spot is 64 % below on-demand"]),
            new(FourA100, new OfferFit((long)(3.4 * GiB), 38 * GiB, 91m, 1, 1), new OfferCost(32.7726m, 3.3m, 196.6356m, 0.1m), []),
        ],
        [new(FourA100, RejectionCodes.Budget, "over 1.00 USD per hour")],
        new Dictionary<string, int> { [RejectionCodes.Dtype] = 12, [RejectionCodes.Budget] = 74, [RejectionCodes.Memory] = 20 },
        137, Goal.CheapestHour, ["prices of spot machines move"]);

    public static Quote Quote { get; } = new(
        "q1", T4Spot,
        [new("instance", 0.1894m, "aws-price-list", new DateOnly(2026, 7, 20)), new("disk", 0.0137m, "aws-price-list", new DateOnly(2026, 7, 20)), new("address", 0.0050m, "aws-price-list", new DateOnly(2026, 7, 20))],
        0.2081m, 0.2290m, 1.2486m, 6, Morning, Morning.AddHours(1));

    /// <summary>A rehearsal that is over.</summary>
    public static EnvironmentResponse Rehearsed { get; } = new(
        "0193", "bert-base-uncased-x7k2", EnvironmentStatus.Generated, DesiredState.Running, [], null, true,
        new EnvironmentRequest { Model = "google-bert/bert-base-uncased", Dataset = "stanfordnlp/imdb" },
        Bert, Imdb, BertNeeds, Recommendation, Quote, new PlanSummary(38, 0, 0), new Dictionary<string, string?>(), "admin", "training",
        "/home/someone/.local/share/terradev/environments/bert-base-uncased-x7k2", 1, 3, null, Morning, Morning.AddMinutes(1));

    public static EnvironmentResponse Draft { get; } = Rehearsed with
    {
        Status = EnvironmentStatus.Draft,
        Model = null,
        Dataset = null,
        Requirements = null,
        Recommendation = null,
        Quote = null,
        Plan = null,
        BundlePath = null,
        LastSequence = 1,
    };

    public static EnvironmentResponse Ready { get; } = Rehearsed with
    {
        Status = EnvironmentStatus.Ready,
        Rehearsal = false,
        ExpiresAt = Morning.AddHours(6),
        Outputs = new Dictionary<string, string?> { ["instance_id"] = "i-0abc", ["datasets_bucket"] = "terradev-datasets-x7k2", ["empty"] = null },
    };

    /// <summary>Every text that comes from outside tries to take over the terminal.</summary>
    public static EnvironmentResponse Hostile { get; } = Ready with
    {
        Name = "a\u001b[31mred\nname",
        Model = Bert with { Id = "[bold]evil[/]/\u202emodel\u0007", Provenance = new Provenance("\u001b]0;title\u0007", Morning) },
        Dataset = Imdb with { Id = "x\r\ny\u200b" },
        Requirements = BertNeeds with { Assumptions = ["line one\nline two \u009b31m"] },
        Recommendation = Recommendation with
        {
            Ranked = [Recommendation.Ranked[0] with { Offer = T4Spot with { InstanceType = "[link=http://x]t[/]\u001b[2J" }, Reasons = ["\u001b[1;1H"] }],
            RejectedByCode = new Dictionary<string, int> { ["\u001b[0m"] = 1 },
        },
        BundlePath = "/tmp/\u001b[5m\ud800",
        Outputs = new Dictionary<string, string?> { ["[red]"] = "\u001b[31m" },
    };
}
