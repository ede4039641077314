using System.Text.Json;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Contracts.Tests;

/// <summary>A model of one's own and a copy of it.</summary>
internal static class ModelExamples
{
    private const string Weights = "a3b1c2d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90";
    private const string OtherWeights = "0011223344556677889900112233445566778899001122334455667788990011";
    private const string Config = "0f1e2d3c4b5a69788796a5b4c3d2e1f001020304";

    public static RegisterModel Registration { get; } = new()
    {
        Id = "acme/tiny-lm",
        Title = "Tiny LM",
        Task = "text-generation",
        Library = "transformers",
        License = "mit",
        Description = "A language model for one's own texts.",
        Tags = ["in-house"],
        Parameters = 1_000_000,
        ElementsByDtype = new Dictionary<string, long> { ["BF16"] = 1_000_000 },
        Config = JsonSerializer.Deserialize<JsonElement>("""{"model_type":"llama","hidden_size":64}"""),
        Files = [new DeclaredFile { Path = "model.safetensors", SizeBytes = 2_000_000, Sha256 = Weights }],
        Usage = ["AutoModel.from_pretrained(\"/models/tiny-lm\")"],
    };

    public static VerifyRequest Verify { get; } = new()
    {
        Model = "custom:acme/tiny-lm",
        Path = "weights",
        Files =
        [
            new DeclaredFile { Path = "weights/model.safetensors", SizeBytes = 2_000_000, Sha256 = OtherWeights },
            new DeclaredFile { Path = "weights/config.json", SizeBytes = 40, GitSha1 = Config },
        ],
    };

    public static CopyReport Report { get; } = new(
        "custom:acme/tiny-lm", "r1", new Provenance("custom", new DateTimeOffset(2026, 1, 2, 9, 4, 5, 120, TimeSpan.Zero)), CopyVerdict.Damaged, new FileCounts(1, 1, 0, 0, 0),
        [
            new FileCheck("weights/config.json", FileStatus.Ok, 40, 40, "git-sha1", Config, Config),
            new FileCheck("weights/model.safetensors", FileStatus.Mismatch, 2_000_000, 2_000_000, "sha256", Weights, OtherWeights),
        ]);
}
