using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.Testing;

namespace Terradev.ModelRegistry.Tests.Hubs;

/// <summary>Compares our count of a repository's parameters with that of Hugging Face's own client, <c>@huggingface/hub</c> from npm.</summary>
public sealed class HuggingFaceParametersTests
{
    private const string Index = "model.safetensors.index.json";

    private static readonly string Tools = Path.Combine(Repository(), "tests", "tools");

    private static readonly Dictionary<string, (string Path, byte[] Content)[]> Repositories = new()
    {
        ["plain/single"] = [Weights(("embeddings.weight", "F32", [300, 16]), ("embeddings.position_ids", "I64", [1, 512]), ("head.weight", "BF16", [300, 16]), ("scale", "F32", []), ("mask", "BOOL", [4, 4]), ("none", "F16", [0, 3]))],
        ["plain/long-header"] = [Weights([.. Enumerable.Range(0, 2500).Select(n => ($"model.layers.{n}.self_attn.q_proj.weight", n % 2 == 0 ? "F16" : "F32", new[] { 2, n % 7 }))])],
        ["plain/sharded"] =
        [
            (Index, SafetensorsSample.Index(("a", "model-00001-of-00003.safetensors"), ("b", "model-00002-of-00003.safetensors"), ("c", "model-00003-of-00003.safetensors"))),
            ("model-00001-of-00003.safetensors", SafetensorsSample.File(("a", "BF16", [64, 32]))),
            ("model-00002-of-00003.safetensors", SafetensorsSample.File(("b", "BF16", [32, 32]), ("b.bias", "F32", [32]))),
            ("model-00003-of-00003.safetensors", SafetensorsSample.File(("c", "F8_E4M3", [7, 9]), ("c.scale", "F8_E8M0", [7]))),
        ],
        ["packed/gptq"] = [Config(new { quant_method = "gptq", bits = 4 }), Weights(("l.0.qweight", "I32", [16, 32]), ("l.0.qzeros", "I32", [1, 4]), ("l.0.scales", "F16", [1, 32]), ("l.0.g_idx", "I32", [128]), ("norm.weight", "F16", [32]))],
        ["packed/awq"] = [Config(new { quant_method = "awq", bits = 4, modules_to_not_convert = new[] { "visual", "*.gate.*" } }), Weights(("l.0.qweight", "I32", [16, 32]), ("visual.qweight", "I32", [8, 8]), ("visual.scales", "F16", [8]), ("l.gate.qweight", "I32", [2, 2]))],
        ["packed/three-bits"] = [Config(new { quant_method = "gptq", bits = 3 }), Weights(("l.0.qweight", "I32", [12, 32]))],
        ["packed/mxfp4"] = [Config(new { quant_method = "mxfp4", modules_to_not_convert = new[] { "model.layers.*.self_attn" } }), Weights(("model.layers.0.mlp.experts.down_proj_blocks", "U8", [4, 8, 16]), ("model.layers.0.mlp.experts.down_proj_scales", "U8", [4, 8]), ("model.layers.0.self_attn.q_proj.weight", "BF16", [8, 8]))],
        ["packed/bitsandbytes"] = [Config(new { quant_method = "bitsandbytes", load_in_4bit = true }), Weights(("l.weight", "U8", [128, 1]), ("l.weight.absmax", "U8", [4]), ("l.weight.nested_absmax", "F32", [1]), ("l.weight.quant_map", "F32", [16]), ("l.weight.quant_state.bitsandbytes__nf4", "U8", [90]), ("norm", "BF16", [8]))],
        ["packed/compressed"] =
        [
            Config(new
            {
                quant_method = "compressed-tensors",
                format = "pack-quantized",
                ignore = new[] { "lm_head", "re:.*router$" },
                config_groups = new { group_0 = new { targets = new[] { "re:.*down_proj$" }, weights = new { num_bits = 3 } }, group_1 = new { targets = new[] { "Linear" }, weights = new { num_bits = 4 } } },
            }),
            Weights(("l.down_proj.weight_packed", "I32", [8, 3]), ("l.up_proj.weight_packed", "I32", [8, 4]), ("l.up_proj.weight_scale", "BF16", [8]), ("l.up_proj.weight_shape", "I64", [2]), ("lm_head.weight", "I32", [5]), ("l.router.weight", "I32", [6])),
        ],
        ["packed/experts"] =
        [
            ("config.json", JsonSerializer.SerializeToUtf8Bytes(new { model_type = "made_up", expert_dtype = "fp4", quantization_config = new { quant_method = "fp8" } })),
            Weights(("l.experts.0.w1.weight", "I8", [16, 16]), ("l.experts.0.w1.scale", "F8_E8M0", [16]), ("l.shared_experts.w1.weight", "F8_E4M3", [16, 16]), ("l.gate.tid2eid", "I32", [40]), ("l.w.weight_scale_inv", "F32", [4])),
        ],
        ["packed/mlx"] =
        [
            ("config.json", JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["model_type"] = "made_up", ["quantization"] = new Dictionary<string, object> { ["bits"] = 4, ["group_size"] = 64, ["head"] = new { bits = 8, group_size = 64 }, ["kept"] = false } })),
            Weights(("l.weight", "U32", [8, 16]), ("l.scales", "BF16", [8, 2]), ("l.biases", "BF16", [8, 2]), ("l.bias", "BF16", [8]), ("head.weight", "U32", [8, 16]), ("head.scales", "BF16", [8, 1]), ("head.biases", "BF16", [8, 1]), ("kept.weight", "U32", [3]), ("norm.scales", "BF16", [8])),
        ],
    };

    public static TheoryData<string> Names => [.. Repositories.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Parameters_by_dtype_are_those_that_hugging_faces_client_counts(string id)
    {
        var node = Requires.Tool("node");
        Requires.InstalledTool(Path.Combine(Tools, "node_modules", "@huggingface", "hub", "package.json"));
        await using var hub = await FakeHub.StartAsync();
        await using var app = new RegistryApp(hub);
        hub.ServeRepository(id, Repositories[id]);
        foreach (var absent in new[] { "model.safetensors", Index, "config.json" }.Except(Repositories[id].Select(file => file.Path)))
        {
            hub.Serve($"/{id}/raw/main/{absent}", "Entry not found", 404, ("X-Error-Code", "EntryNotFound"));
            hub.Serve($"/{id}/resolve/main/{absent}", "Entry not found", 404, ("X-Error-Code", "EntryNotFound"));
        }

        var theirs = await CountAsync(node, hub.Address, id);
        var ours = await app.Client.GetFromJsonAsync<ModelDetail>($"/api/v1/models/huggingface/{id}", TerradevJson.Options, TestContext.Current.CancellationToken);

        var counted = ours.ShouldNotBeNull().Parameters.ShouldNotBeNull();
        counted.ByDtype.ShouldBe(theirs, ignoreOrder: true);
        counted.Confidence.ShouldBe(Confidence.Headers);
    }

    private static async Task<IReadOnlyDictionary<string, long>> CountAsync(string node, Uri hub, string id)
    {
        using var process = Process.Start(new ProcessStartInfo(node, ["parameters.mjs", hub.ToString().TrimEnd('/'), id])
        {
            WorkingDirectory = Tools,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }).ShouldNotBeNull();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            process.ExitCode.ShouldBe(0, await error);

            // The client also names dtypes of which it counts nothing.
            return JsonSerializer.Deserialize<Dictionary<string, long>>(output).ShouldNotBeNull().Where(entry => entry.Value > 0).ToDictionary();
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static (string, byte[]) Weights(params (string Name, string Dtype, int[] Shape)[] tensors) => ("model.safetensors", SafetensorsSample.File(tensors));

    private static (string, byte[]) Config(object quantization) => ("config.json", JsonSerializer.SerializeToUtf8Bytes(new { model_type = "made_up", quantization_config = quantization }));

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Terradev.sln")))
        {
            folder = folder.Parent;
        }

        return folder.ShouldNotBeNull("The tests run from within the repository.").FullName;
    }
}
