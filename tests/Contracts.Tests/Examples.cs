using System.Text.Json;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Contracts.Tests;

/// <summary>One environment from request to end, with figures of the shape that the services give.</summary>
internal static class Examples
{
    private const string Id = "env_01k2x7";
    private const string Name = "bert-base-uncased-x7k2";
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 9, 4, 5, 120, TimeSpan.Zero);
    private static readonly DateTimeOffset PriceDate = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Offer Offer { get; } = new(
        Cloud.Aws, "us-east-1", "us-east-1b", "g4dn.xlarge", Capacity.Spot, new OfferGpu("T4", 1, 15360, "nvidia", "7.5", Interconnect.Pcie),
        Vcpus: 4, MemoryGiB: 16, LocalDiskGB: 125, PricePerHour: 0.1894m, "catalogue", PriceDate, PriceConfidence.Estimate);

    public static EnvironmentRequest Request { get; } = new()
    {
        Name = Name,
        Model = "huggingface:google-bert/bert-base-uncased",
        Dataset = "huggingface:stanfordnlp/imdb",
        Task = "text-classification",
        Mode = WorkloadMode.Full,
        Precision = Precision.Fp16,
        ContextLength = 512,
        BatchSize = 16,
        Blueprint = "training",
        Cloud = Cloud.Aws,
        Region = "us-east-1",
        Capacity = CapacityPreference.SpotPreferred,
        Goal = Goal.CheapestHour,
        Budget = new Budget { MaxHourly = 1.00m, Total = 20m },
        MaxRuntimeHours = 6,
        AutoApprove = true,
        Owner = "ml-platform",
        Variables = new Dictionary<string, JsonElement> { ["nat_gateway"] = JsonSerializer.SerializeToElement(true), ["data_volume_gib"] = JsonSerializer.SerializeToElement(200) },
        Tags = new Dictionary<string, string> { ["cost-centre"] = "42" },
    };

    public static ModelRequirements Requirements { get; } = new(
        "huggingface:google-bert/bert-base-uncased", WorkloadMode.Full, Precision.Fp16, ContextLength: 512, BatchSize: 16,
        new ModelParameters(109_482_240, 109_482_240, new Dictionary<string, long> { ["F32"] = 109_482_240 }, "safetensors headers", Confidence.Headers),
        TrainableParameters: 109_482_240,
        new MemoryBreakdown(218_964_480, 0, 0, 1_610_612_736, 218_964_480, 1_313_786_880, 1_073_741_824),
        HostMemoryBytes: 656_893_440, DiskBytes: 2_627_573_760, new GpuRequirements("7.0", [1, 2, 4], KeyValueHeads: 12), "docs/requirements.md", ["batch size 16 was asked for"])
    {
        Sources = [new PartSource("activationBytes", "arXiv:2205.05198 table 2")],
        Training = new TrainingSetup(TrainingOptimizer.Adamw, Recomputation.Selective, ZeroStage: 3),
        PerGpu = new GpuShare(Gpus: 2, TensorParallel: 1, DataParallel: 2, new MemoryBreakdown(109_482_240, 0, 0, 1_610_612_736, 109_482_240, 656_893_440, 1_073_741_824)),
        Fit = new WorkloadFit(16, 13_658_396_590, 3_560_212_480, Fits: true, LargestContextLength: 512, LargestBatchSize: 115, Reason: null),
    };

    public static RecommendationRequest RecommendationRequest { get; } = new()
    {
        Model = "google-bert/bert-base-uncased",
        Dataset = "stanfordnlp/imdb",
        Mode = WorkloadMode.Full,
        Precision = Precision.Fp16,
        ContextLength = 512,
        BatchSize = 16,
        Goal = Goal.CheapestToFinish,
        Constraints = new Constraints
        {
            Clouds = [Cloud.Aws],
            Regions = ["us-east-1"],
            Capacity = CapacityPreference.SpotPreferred,
            Gpus = ["T4", "L4"],
            InstanceTypes = ["g4dn.xlarge"],
            MinGpus = 1,
            MaxGpus = 4,
            MaxHourly = 1,
            TotalBudget = 10,
            MaxRuntimeHours = 12,
            DeadlineHours = 24,
            MaxInterruptionPercent = 20,
            Data = new DataLocation { Cloud = Cloud.Aws, Region = "us-east-1", SizeGB = 0.2m },
        },
        Job = new Job { Epochs = 3, FlopsUtilisation = 0.4, BandwidthUtilisation = 0.6, InterruptionsPerHour = 0.01, RestartMinutes = 5 },
        Limit = 20,
    };

    private static readonly Offer OnDemand = Offer with { Capacity = Capacity.OnDemand, PricePerHour = 0.5260m };

    private static readonly Offer P4d = Offer with { InstanceType = "p4d.24xlarge", Capacity = Capacity.OnDemand, PricePerHour = 32.7726m };

    public static Recommendation Recommendation { get; } = new(
        [
            new RankedOffer(
                Offer,
                new OfferFit(4_436_070_400, 14_495_514_624, 69.4m, 1, 1),
                new OfferCost(0.1894m, 0.3923m, 1.1364m, 2.0675m)
                {
                    Breakdown = new CostBreakdown(0.3790m, 0.0001m, 0.0128m, 0.0004m, 0m, [new CostInput("price", 0.1894m, "USD/h", "catalogue, 2026-01-01")]),
                },
                ["cheapest of 31 that fit"])
            {
                Throughput = new OfferThroughput(34_632.5, "flops", 0.0015m),
                Risk = new OfferRisk(0.0003, 0.0006, 120m, "AWS Spot Advisor: 15-20% in a month, its upper end"),
                Confidence = new OfferConfidence(PriceConfidence.Estimate, Confidence.Headers, OfferConfidence.AssumedTime),
                Offers = 2,
                Regions = ["us-east-1", "us-east-2"],
            },
        ],
        [new RejectedOffer(P4d, RejectionCodes.Budget, "32.7726 USD/h is above the limit of 1.0000 USD/h.") { Offers = 2, Regions = ["us-east-1"] }],
        new Dictionary<string, int> { [RejectionCodes.Budget] = 2 }, Considered: 4, Goal.CheapestHour, ["the price of a spot instance is an estimate"])
    {
        Snapshot = 17,
        Fitting = 2,
        Inputs = [new CostInput("tokens", 249_720_000m, "tokens", "rows x tokens per row x epochs of the dataset")],
        Pareto = [new ParetoOffer(Offer, 0.3923m, 2.0675, 0.0006)],
        Almost = new AlmostFits(P4d, RejectionCodes.Memory, "It needs 18.02 GiB per GPU, has 13.40 GiB usable.", [new FitChange("precision", "int8", 11_318_000_000, "int8 weights take about half.")]),
        Mixed = new MixedFleet(OnDemand, 1, Offer, 3, 1.0942m, 48.0m, 0.7, ["1 of 4 replicas is on-demand."]),
    };

    public static IReadOnlyDictionary<string, (object Event, string When)> Events { get; } = new (object Event, string When)[]
    {
        (new EnvironmentRequested
        {
            EventId = EventId(1), OccurredAt = At(0), EnvironmentId = Id, EnvironmentName = Name, Sequence = 1,
            Model = Request.Model!, Dataset = Request.Dataset, Owner = "ml-platform",
        }, "The environment was asked for and stored."),
        (new EnvironmentGenerated
        {
            EventId = EventId(2), OccurredAt = At(2), EnvironmentId = Id, EnvironmentName = Name, Sequence = 2, Offer = Offer, PerHour = 0.2310m, AtDeadline = 1.3860m,
        }, "An offer was chosen and the bundle rendered."),
        (new EnvironmentPlanned
        {
            EventId = EventId(3), OccurredAt = At(21), EnvironmentId = Id, EnvironmentName = Name, Sequence = 3, Run = 1, Plan = new PlanSummary(38, 0, 0), Rehearsal = false,
        }, "Terraform made a plan. In a rehearsal this is the last event of the run."),
        (new EnvironmentAwaitingApproval
        {
            EventId = EventId(4), OccurredAt = At(22), EnvironmentId = Id, EnvironmentName = Name, Sequence = 4, Run = 1, PerHour = 0.2310m, AtDeadline = 1.3860m,
        }, "The plan waits for an answer. It does not appear where the request says `autoApprove` and the budget holds."),
        (new ProvisioningStarted
        {
            EventId = EventId(5), OccurredAt = At(60), EnvironmentId = Id, EnvironmentName = Name, Sequence = 5, Run = 1, Kind = RunKind.Apply,
        }, "Terraform starts to create, change or destroy."),
        (new ProvisioningProgressed
        {
            EventId = EventId(6), OccurredAt = At(64), EnvironmentId = Id, EnvironmentName = Name, Sequence = 6, Run = 1,
            Phase = "apply", Resource = "module.network.aws_vpc.this", Action = "create", State = "completed", Percent = 8, Message = "Creation complete after 3s",
        }, "One step of Terraform."),
        (new EnvironmentReady
        {
            EventId = EventId(7), OccurredAt = At(110), EnvironmentId = Id, EnvironmentName = Name, Sequence = 7, Run = 1,
            Outputs = new Dictionary<string, string?> { ["instance_id"] = "i-0123456789abcdef0", ["outputs_bucket"] = "terradev-bert-base-uncased-x7k2-outputs" },
            PerHour = 0.2310m, ExpiresAt = Start.AddHours(6),
        }, "Everything exists; `outputs` says where."),
        (new ProvisioningFailed
        {
            EventId = EventId(8), OccurredAt = At(111), EnvironmentId = Id, EnvironmentName = Name, Sequence = 8, Run = 2,
            Reason = new Refusal(RefusalCodes.TerraformFailed, "The provider refused to create aws_instance.this: InsufficientInstanceCapacity.", "Ask for another region or for on-demand capacity, or destroy the environment."),
            StillExisting = ["module.network.aws_vpc.this", "module.storage.aws_s3_bucket.outputs"],
        }, "A run ended without success. `stillExisting` names what may go on to cost money."),
        (new EnvironmentInterrupted
        {
            EventId = EventId(9), OccurredAt = At(130), EnvironmentId = Id, EnvironmentName = Name, Sequence = 9, Run = 3,
        }, "The worker of a run was lost; another one looks at what exists."),
        (new EnvironmentDestroyed
        {
            EventId = EventId(10), OccurredAt = At(300), EnvironmentId = Id, EnvironmentName = Name, Sequence = 10, Run = 4,
        }, "Nothing of the environment is left."),
        (new ModelCatalogUpdated
        {
            EventId = EventId(11), OccurredAt = At(400), Source = "huggingface", Sequence = 1, Added = 1204, Updated = 310, Skipped = 2,
        }, "The catalogue of a hub was taken over to its end; `GET /api/v1/models/sync` tells more. It is about a hub, not an environment."),
        (new PricesUpdated
        {
            EventId = EventId(12), OccurredAt = At(460), Source = "skypilot-aws", Sequence = 3, Snapshot = 17, AsOf = At(420), Offers = 5120, Changed = 214, Quarantined = 31,
        }, "The prices of a source were taken over; `GET /api/v1/offers/imports/{snapshot}` tells more. It is about a source of prices, not an environment."),
    }.ToDictionary(example => example.Event.GetType().Name);

    public static EnvironmentResponse Environment { get; } = new(
        Id, Name, EnvironmentStatus.AwaitingApproval, DesiredState.Running, ["expiring"], Reason: null, Rehearsal: false, Request,
        new ModelSummary(
            "huggingface", "google-bert/bert-base-uncased", "fill-mask", "transformers", "apache-2.0", false, 109_482_240, 60_000_000, 2_400, Start.AddDays(-500), ["pytorch"],
            new Provenance("huggingface", Start)),
        new DatasetSummary(
            "huggingface", "stanfordnlp/imdb", "text-classification", "text", null, false, 100_000, 83_446_840, 133_190_302,
            [new DatasetSplit("plain_text", "train", 25_000, 33_442_202)], 500_000, 300, ["en"], new Provenance("snapshot", Start.AddDays(-90))),
        Requirements, Recommendation,
        new Quote(
            "quote_1", Offer, [new QuoteLine("instance", 0.1894m, "catalogue", DateOnly.FromDateTime(PriceDate.UtcDateTime)), new QuoteLine("volume", 0.0416m, "catalogue", DateOnly.FromDateTime(PriceDate.UtcDateTime))],
            0.2310m, 0.4620m, 1.3860m, 6, Start, Start.AddHours(1)),
        new PlanSummary(38, 0, 0), new Dictionary<string, string?>(), "ml-platform", "training", BundlePath: null, LastRun: 1, LastSequence: 4, ExpiresAt: null, Start, At(22));

    private static DateTimeOffset At(int seconds) => Start.AddSeconds(seconds);

    private static Guid EventId(int n) => Guid.Parse($"0198a1b2-0000-7000-8000-{n:x12}");
}
