using System.Text.Json;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Tests.Requirements;

/// <summary>Counts that the models' authors or the hub publish, against the config alone.</summary>
public class ParameterFormulasTests
{
    private static readonly Dictionary<string, JsonElement> Known = JsonSerializer.Deserialize<JsonElement[]>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Samples", "parameter-counts.json")))!.ToDictionary(model => model.GetProperty("id").GetString()!);

    public static TheoryData<string> Models => [.. Known.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_config_alone_gives_the_published_count(string id)
    {
        var model = Known[id];
        var config = ModelConfig.Parse(model.GetProperty("config")).ShouldNotBeNull();

        var total = ParameterFormulas.Total(config).ShouldNotBeNull();
        total.ShouldBe(model.GetProperty("parameters").GetInt64());
        if (model.TryGetProperty("active", out var active))
        {
            (total - ParameterFormulas.Idle(config)).ShouldBe(active.GetInt64());
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_cache_takes_what_the_attention_keeps(string id)
    {
        if (Known[id].TryGetProperty("kvCacheBytesPerToken", out var bytes))
        {
            var model = Sample.Made(Known[id].GetProperty("config").GetRawText());
            Sample.Sized(model, new Workload(WorkloadMode.Inference, Precision.Fp16)).Memory.KvCacheBytesPerToken.ShouldBe(bytes.GetInt64());
        }
    }
}
