using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Hubs;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Tests.Requirements;

public class EstimateProperties
{
    private const int Cases = 1000;

    private static readonly HubModel[] Shipped = [.. Sample.Sizable.OrderBy(model => model.Id, StringComparer.Ordinal)];

    private static readonly string[] Configs = [.. JsonSerializer.Deserialize<JsonElement[]>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Samples", "parameter-counts.json")))!.Select(model => model.GetProperty("config").GetRawText())];

    private static readonly string[] Fields = [.. Configs.SelectMany(config => JsonNode.Parse(config)!.AsObject().Select(field => field.Key)).Distinct(), "quantization_config"];

    // What a stranger could write in place of a figure, and what another model of the family would.
    private static readonly Gen<string> Values = Gen.OneOf(
        Gen.Choose(1, 64).Select(number => (64 * number).ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Gen.Elements(
            "null", "0", "1", "-1", "2.5", "4096.0", "100000000", "100000001", "2147483647", "1e300", "-1e300", "true", "false", "\"\"", "\"relu\"", "[]", "[1,2,3]", "[100000000]",
            "{}", "{\"hidden_size\":100000000}", "[[]]", "\"\\u0000\"", "99999999999999999999999", "{\"quant_method\":\"gptq\",\"bits\":4,\"group_size\":1}",
            "{\"quant_method\":\"compressed-tensors\",\"config_groups\":{\"g\":{\"weights\":{\"num_bits\":8,\"type\":\"float\"}}}}", "[\"full_attention\",\"sliding_attention\"]"));

    private static readonly Gen<string> Mutated =
        from config in Gen.Elements(Configs)
        from count in Gen.Choose(0, 6)
        from names in Gen.Elements(Fields).ArrayOf(count)
        from values in Values.ArrayOf(count)
        select Mutate(config, names, values);

    private static readonly Gen<Workload> Workloads =
        from mode in Gen.Elements(Enum.GetValues<WorkloadMode>())
        from precision in Gen.Elements(Enum.GetValues<Precision>())
        from context in Gen.Choose(1, 76)
        from batch in Gen.Choose(1, 4096)
        from optimizer in Gen.Elements(Enum.GetValues<TrainingOptimizer>())
        from recompute in Gen.Elements(Enum.GetValues<Recomputation>())
        select WorkloadPlan.Validate(new Workload(mode, precision)).Count == 0
            ? new Workload(mode, precision, context, batch, mode is WorkloadMode.Inference ? null : optimizer, mode is WorkloadMode.Inference ? null : recompute)
            : new Workload(mode, null, context, batch);

    private static readonly Gen<(ParameterCount Count, ModelConfig? Config, ModelShape Shape, WorkloadPlan Plan)> Estimates =
        from json in Mutated
        from stored in Gen.Choose(1, 1_000_000)
        from workload in Workloads
        select Estimate(json, stored * 1_000_000L, workload);

    [Fact]
    public void No_config_is_too_hostile_to_answer() => Check(
        from json in Mutated from workload in Workloads from elements in Elements from gpus in Gen.Elements(1, 2, 7, 8, 16, 1024) select (json, workload, elements, gpus),
        work =>
        {
            var answer = SizeWorkload.Size(
                Sample.Made(work.json, work.elements), work.workload with { ContextLength = WorkloadPlan.MaxContextLength, BatchSize = WorkloadPlan.MaxBatchSize, Gpus = work.gpus, GpuMemoryGiB = 24 });
            answer = answer.Refusal is null ? answer : SizeWorkload.Size(Sample.Made(work.json, work.elements), new Workload(work.workload.Mode, Gpus: work.gpus, GpuMemoryGiB: 80));
            return answer.Requirements is not { } needs
                ? answer.Refusal is not null
                : Sane(needs.Memory) && (needs.PerGpu is null || (Sane(needs.PerGpu.Memory) && needs.PerGpu.Memory.TotalBytes <= needs.Memory.TotalBytes))
                    && needs.HostMemoryBytes > 0 && needs.DiskBytes >= 0 && needs.Parameters.Active <= needs.Parameters.Total && needs.Parameters.Active > 0;
        });

    [Fact]
    public void A_formula_gives_no_negative_count() => Check(Mutated, json =>
        ModelConfig.Parse(JsonSerializer.Deserialize<JsonElement>(json)) is not { } config || (ParameterFormulas.Total(config) ?? 1) > 0);

    [Fact]
    public void A_longer_context_never_needs_less() => Check(Estimates, work =>
        Total(work, work.Plan with { ContextLength = work.Plan.ContextLength + 1 }) >= Total(work, work.Plan));

    [Fact]
    public void A_larger_batch_never_needs_less() => Check(Estimates, work =>
        Total(work, work.Plan with { BatchSize = work.Plan.BatchSize + 1 }) >= Total(work, work.Plan));

    [Fact]
    public void Another_layer_never_needs_less() => Check(Estimates.Where(work => work.Config is { Layers: < 100_000, Text: null }), work =>
    {
        var deeper = work.Config! with { Layers = work.Config.Layers + 1 };
        return (ParameterFormulas.Total(deeper) ?? 0) >= (ParameterFormulas.Total(work.Config) ?? 0)
            && MemoryEstimate.Of(work.Plan, work.Count, deeper, ModelShape.Of(deeper)).TotalBytes >= Total(work, work.Plan);
    });

    [Fact]
    public void A_higher_zero_stage_never_needs_more() => Check(
        from work in Estimates from stage in Gen.Choose(0, 2) from gpus in Gen.Elements(2, 3, 8, 64) select (work, stage, gpus),
        pair => Total(pair.work, pair.work.Plan with { Gpus = pair.gpus, ZeroStage = pair.stage + 1 }) <= Total(pair.work, pair.work.Plan with { Gpus = pair.gpus, ZeroStage = pair.stage }));

    [Fact]
    public void More_GPUs_never_need_more_each() => Check(
        from work in Estimates from stage in Gen.Choose(0, 3) from degree in Gen.Elements(1, 2, 4) from copies in Gen.Elements(1, 2, 4) select (work, stage, degree, copies),
        pair =>
        {
            var plan = pair.work.Plan with { ZeroStage = pair.stage, TensorParallel = pair.degree, Gpus = pair.degree * pair.copies };
            return Total(pair.work, plan with { TensorParallel = pair.degree * 2, Gpus = plan.Gpus * 2 }) <= Total(pair.work, plan)
                && Total(pair.work, plan with { Gpus = plan.Gpus * 2 }) <= Total(pair.work, plan);
        });

    [Fact]
    public void Full_tuning_needs_at_least_what_adapters_need() => Check(
        from model in Gen.Elements(Shipped) from context in Gen.Choose(1, 76) from batch in Gen.Choose(1, 4096) select (model, context, batch),
        work => Sample.Sized(work.model, new Workload(WorkloadMode.Full, null, work.context, work.batch)).Memory.TotalBytes
            >= Sample.Sized(work.model, new Workload(WorkloadMode.Lora, null, work.context, work.batch)).Memory.TotalBytes);

    private static Gen<Dictionary<string, long>?> Elements { get; } =
        from dtypes in Gen.Elements("F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E8M0", "U8", "I8", "I32", "I64", "BOOL", "?").ArrayOf(3)
        from counts in Gen.OneOf(Gen.Choose(0, int.MaxValue).Select(count => (long)count * 7), Gen.Elements(0L, -1L, 1_000_000_000_000_000L, long.MaxValue)).ArrayOf(3)
        from none in Gen.Elements(true, false)
        select none ? null : dtypes.Zip(counts).DistinctBy(pair => pair.First).ToDictionary(pair => pair.First, pair => pair.Second);

    private static void Check<T>(Gen<T> gen, Func<T, bool> holds) => FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases), Prop.ForAll(gen.ToArbitrary(), holds));

    private static string Mutate(string config, string[] names, string[] values)
    {
        var json = JsonNode.Parse(config)!.AsObject();
        for (var index = 0; index < names.Length; index++)
        {
            var target = index % 3 == 2 && json["text_config"] is JsonObject inner ? inner : json;
            target[names[index]] = JsonNode.Parse(values[index]);
        }

        return json.ToJsonString();
    }

    private static (ParameterCount Count, ModelConfig? Config, ModelShape Shape, WorkloadPlan Plan) Estimate(string json, long parameters, Workload workload)
    {
        var model = Sample.Made(json);
        var config = ModelConfig.Parse(model.Config);
        var count = ParameterCount.Of(model, config)
            ?? new ParameterCount(new ModelParameters(parameters, parameters, new Dictionary<string, long>(), "made up", Confidence.Headers), parameters * 4, Precision.Fp32, []);
        var shape = ModelShape.Of(config);
        return (count, config, shape, WorkloadPlan.Settle(workload, workload.Mode!.Value, count, shape));
    }

    private static long Total((ParameterCount Count, ModelConfig? Config, ModelShape Shape, WorkloadPlan Plan) work, WorkloadPlan plan)
    {
        var memory = MemoryEstimate.PerGpu(plan, work.Count, work.Config, work.Shape);
        Sane(memory).ShouldBeTrue();
        return memory.TotalBytes;
    }

    private static bool Sane(MemoryBreakdown memory)
    {
        long[] parts = [memory.WeightsBytes, memory.KvCacheBytes, memory.ActivationBytes, memory.GradientBytes, memory.OptimizerBytes, memory.OverheadBytes];
        return memory.KvCacheBytesPerToken >= 0 && parts.All(part => part >= 0) && parts.Aggregate((Int128)0, (sum, part) => sum + part) == memory.TotalBytes;
    }
}
