using FsCheck;
using FsCheck.Fluent;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Hubs;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Tests.Requirements;

public class EstimateProperties
{
    private static readonly HubModel[] Models = [.. Snapshot.Shipped.Models.OrderBy(model => model.Id, StringComparer.Ordinal)];

    private static readonly Gen<(HubModel Model, WorkloadMode Mode, int Context, int Batch)> Workloads =
        from model in Gen.Elements(Models)
        from mode in Gen.Elements(Enum.GetValues<WorkloadMode>())
        from context in Gen.Choose(1, 76)
        from batch in Gen.Choose(1, 4096)
        select (model, mode, context, batch);

    // Numbers that a hostile config.json could hold.
    private static readonly Gen<int> Wild = Gen.OneOf(Gen.Choose(1, 64), Gen.Choose(1, 100_000_000), Gen.Constant(100_000_000));

    private static readonly Gen<ModelConfig> WildConfigs =
        from type in Gen.Elements("llama", "bert", "t5", "whisper", "vit", "mixtral", "resnet", "unheard-of")
        from numbers in Wild.ArrayOf(14)
        select new ModelConfig
        {
            Type = type,
            Architectures = ["WildForCausalLM"],
            HiddenSize = numbers[0],
            Layers = numbers[1],
            DecoderLayers = numbers[2],
            AttentionHeads = numbers[3],
            KeyValueHeads = numbers[4],
            HeadDim = numbers[5],
            IntermediateSize = numbers[6],
            VocabularySize = numbers[7],
            Experts = numbers[8],
            ExpertsPerToken = numbers[9],
            SlidingWindow = numbers[10],
            SlidingLayers = numbers[11],
            ImageSize = numbers[12],
            PatchSize = numbers[13],
            IsEncoderDecoder = numbers[0] % 2 == 0,
        };

    [Fact]
    public void The_parts_sum_to_the_total_and_none_is_negative() => Prop.ForAll(Workloads.ToArbitrary(), work =>
    {
        var memory = Size(work.Model, work.Mode, work.Context, work.Batch);
        return Sane(memory);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_longer_context_never_needs_less() => Prop.ForAll(Workloads.ToArbitrary(), work =>
        Size(work.Model, work.Mode, work.Context + 1, work.Batch).TotalBytes >= Size(work.Model, work.Mode, work.Context, work.Batch).TotalBytes).QuickCheckThrowOnFailure();

    [Fact]
    public void A_larger_batch_never_needs_less() => Prop.ForAll(Workloads.ToArbitrary(), work =>
        Size(work.Model, work.Mode, work.Context, work.Batch + 1).TotalBytes >= Size(work.Model, work.Mode, work.Context, work.Batch).TotalBytes).QuickCheckThrowOnFailure();

    [Fact]
    public void A_hostile_config_never_overflows() => Prop.ForAll((from config in WildConfigs from work in Workloads select (config, work)).ToArbitrary(), pair =>
    {
        var count = new ParameterCount(new ModelParameters(1_000_000_000_000_000, 1, new Dictionary<string, long>(), "made up", Confidence.Headers), 1_000_000_000_000_000, Precision.Fp32, []);
        var shape = ModelShape.Of(pair.config);
        var plan = new WorkloadPlan(pair.work.Mode, Precision.Fp32, WorkloadPlan.MaxContextLength, WorkloadPlan.MaxBatchSize);
        var memory = MemoryEstimate.Of(plan, count, pair.config, shape);
        return Sane(memory)
            && GpuFit.DiskBytes(plan, count, memory, MemoryEstimate.TrainableParameters(plan, count, pair.config, shape)) >= 0
            && GpuFit.HostMemoryBytes(count, memory) > 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Full_tuning_needs_at_least_what_adapters_need() => Prop.ForAll(Workloads.ToArbitrary(), work =>
        Size(work.Model, WorkloadMode.Full, work.Context, work.Batch).TotalBytes >= Size(work.Model, WorkloadMode.Lora, work.Context, work.Batch).TotalBytes).QuickCheckThrowOnFailure();

    private static MemoryBreakdown Size(HubModel model, WorkloadMode mode, int context, int batch) =>
        Sample.Sized(model, new Workload(mode, null, context, batch)).Memory;

    private static bool Sane(MemoryBreakdown memory)
    {
        long[] parts = [memory.WeightsBytes, memory.KvCacheBytes, memory.ActivationBytes, memory.GradientBytes, memory.OptimizerBytes, memory.OverheadBytes];
        return memory.KvCacheBytesPerToken >= 0 && parts.All(part => part >= 0) && parts.Aggregate((Int128)0, (sum, part) => sum + part) == memory.TotalBytes;
    }
}
