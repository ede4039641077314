using System.Text;
using System.Text.Json;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.Blueprints.Tests;

/// <summary>What people type is refused, or reaches Terraform letter for letter.</summary>
public sealed class HostileValuesTests
{
    private const int Cases = 500;
    private static readonly DateTimeOffset Now = new(2030, 1, 31, 6, 0, 0, TimeSpan.Zero);

    private static readonly string[] Pieces =
    [
        "\"", "\\", "'", "`", "$", "${path.module}", "$${", "%{", "%{ if true }", "%%{", "\n", "\r\n", "\t", "\0", "\u0007", "\u001b[31m", "\u2028", "\u202e", "\ufeff", "<<EOF\n", "EOF", "/*", "#", "//",
        "{", "}", "[", "]", "(", ")", ",", ";", "&&", "|", "<script>", "../", "é", "ß", "名", "前", "Ω", "٣", "🚀", "e\u0301", "null", "true", "-1", " ", "  ", "_", ".", ":", "/", "=", "+", "-", "@", "a", "Z", "0",
        "aws:", "terradev:", "name", "file(\"/etc/passwd\")", "var.owner", "local.tags", new('x', 90), new('y', 600),
    ];

    // Most values made of any pieces are refused; these are what clouds take, so that many get through.
    private static readonly string[] Harmless = ["é", "ß", "名", "前", "Ω", "٣", "null", "true", "-1", " ", "_", ".", ":", "/", "=", "+", "-", "@", "a", "Z", "0", "terradev:", "var.owner"];

    [Fact]
    public async Task Accepted_values_reach_terraform_unchanged_and_all_others_are_refused()
    {
        var random = new Random(20300131);
        var accepted = new Dictionary<string, JsonElement>();
        var plans = new List<IReadOnlyList<BundleFile>>();
        var refused = 0;
        for (var number = 0; number < Cases; number++)
        {
            var wish = new EnvironmentRequest
            {
                Model = number % 7 == 0 ? Any(random, Pieces) : "huggingface:google-bert/bert-base-uncased",
                Name = number % 3 == 0 ? Any(random, Pieces) : $"n{number}",
                Owner = Any(random, number % 2 == 0 ? Harmless : Pieces),
                Blueprint = "training",
                Tags = new Dictionary<string, string> { [number % 5 == 0 ? Any(random, Pieces) : $"key-{number}"] = Any(random, number % 4 == 0 ? Pieces : Harmless) },
                Variables = new Dictionary<string, JsonElement> { [number % 11 == 0 ? Any(random, Pieces) : "notification_emails"] = JsonSerializer.SerializeToElement(new[] { Any(random, Pieces) }) },
            };
            var (request, refusal) = ValidateRequest.Check(wish, "us-east-1");
            if (refusal is not null)
            {
                refusal.Errors.ShouldNotBeNull().ShouldNotBeEmpty();
                refused++;
                continue;
            }

            var files = RenderBundle.Files(Blueprint.Find(Cloud.Aws, "training")!, Chosen(request), new BundleTarget("0123456789abcdef", SimulatedEndpoint: false), Now);
            using var values = JsonDocument.Parse(files.Single(file => file.Path == "terraform.tfvars.json").Content);
            values.RootElement.GetProperty("name").GetString().ShouldBe(wish.Name);
            values.RootElement.GetProperty("owner").GetString().ShouldBe(wish.Owner);
            SameTags(values.RootElement.GetProperty("tags"), wish.Tags);
            values.RootElement.GetProperty("notification_emails")[0].GetString().ShouldBe(wish.Variables["notification_emails"][0].GetString());
            accepted[$"case-{number}"] = values.RootElement.Clone();
            plans.Add(files);
        }

        refused.ShouldBeGreaterThan(100);
        accepted.Count.ShouldBeGreaterThan(60);
        await TerraformReadsAsync(accepted);
        await Task.WhenAll(plans.Where((_, index) => index % (plans.Count / 3) == 1).Take(3).Select(PlansAsWrittenAsync));
    }

    // All cases at once through the blueprint's own variables.tf, as one module each.
    private static async Task TerraformReadsAsync(Dictionary<string, JsonElement> accepted)
    {
        var folder = TemporaryFolders.New("cases");
        var module = Directory.CreateDirectory(Path.Combine(folder, "case")).FullName;
        File.Copy(Path.Combine(Repository.BlueprintFolder("training"), "variables.tf"), Path.Combine(module, "variables.tf"));
        string[] names = ["name", "installation", "environment", "owner", "expires_at", "region", "instance_type", "capacity", "root_volume_gib", "model", "dataset", "mode", "precision", "tags"];
        var root = new StringBuilder("variable \"cases\" {\n  type = any\n}\n\nmodule \"case\" {\n  source   = \"./case\"\n  for_each = var.cases\n");
        var echo = new StringBuilder("output \"values\" {\n  value = {\n");
        foreach (var name in names)
        {
            root.Append("  ").Append(name).Append(" = each.value.").Append(name).Append('\n');
            echo.Append("    ").Append(name).Append(" = var.").Append(name).Append('\n');
        }

        await File.WriteAllTextAsync(Path.Combine(module, "outputs.tf"), echo.Append("  }\n}\n").ToString());
        await File.WriteAllTextAsync(Path.Combine(folder, "main.tf"), root.Append("}\n\noutput \"cases\" {\n  value = { for key, case in module.case : key => case.values }\n}\n").ToString());
        await File.WriteAllTextAsync(
            Path.Combine(folder, "terraform.tfvars.json"),
            JsonSerializer.Serialize(new { cases = accepted.ToDictionary(entry => entry.Key, entry => names.ToDictionary(name => name, name => entry.Value.TryGetProperty(name, out var value) ? value : default(JsonElement?))) }));

        var terraform = new Terraform(folder);
        await terraform.InitAsync();
        var read = (await terraform.OfflinePlanAsync()).GetProperty("planned_values").GetProperty("outputs").GetProperty("cases").GetProperty("value");
        foreach (var (key, values) in accepted)
        {
            foreach (var name in names)
            {
                if (name == "tags")
                {
                    SameTags(read.GetProperty(key).GetProperty(name), values.GetProperty(name).Deserialize<Dictionary<string, string>>()!);
                    continue;
                }

                var wanted = values.TryGetProperty(name, out var value) ? value.ToString() : "";
                read.GetProperty(key).GetProperty(name).ToString().ShouldBe(wanted, $"{key}: {name}");
            }
        }
    }

    private static async Task PlansAsWrittenAsync(IReadOnlyList<BundleFile> files)
    {
        var folder = TemporaryFolders.New("bundle");
        foreach (var file in files)
        {
            var path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, file.Content.ToArray());
        }

        // The emails are checked by the blueprint itself, which takes real addresses only.
        await File.WriteAllTextAsync(Path.Combine(folder, "rehearsal.auto.tfvars.json"), """{ "rehearsal": true, "notification_emails": [] }""");
        var terraform = new Terraform(folder);
        await terraform.InitAsync();
        var plan = await terraform.OfflinePlanAsync();
        using var written = JsonDocument.Parse(files.Single(file => file.Path == "terraform.tfvars.json").Content);
        foreach (var value in written.RootElement.EnumerateObject().Where(value => value.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Array)))
        {
            plan.GetProperty("variables").GetProperty(value.Name).GetProperty("value").ToString().ShouldBe(value.Value.ToString(), value.Name);
        }

        var owner = written.RootElement.GetProperty("owner").GetString();
        Resource.OfPlan(plan).Where(resource => resource.Get("tags_all") is not null).ShouldAllBe(resource => resource.Get("tags_all")!.Value.GetProperty("terradev:owner").GetString() == owner);
    }

    private static void SameTags(JsonElement read, IReadOnlyDictionary<string, string> wanted)
    {
        var tags = read.Deserialize<Dictionary<string, string>>()!;
        tags.Count.ShouldBe(wanted.Count);
        foreach (var (key, value) in wanted)
        {
            tags.ShouldContainKey(key);
            tags[key].ShouldBe(value);
        }
    }

    private static string Any(Random random, string[] pieces) => string.Concat(random.GetItems(pieces, random.Next(1, 7)));

    private static GpuEnvironment Chosen(EnvironmentRequest request)
    {
        var offer = new Offer(
            Cloud.Aws, "us-east-1", null, "g4dn.xlarge", Capacity.Spot, new OfferGpu("T4", 1, 16_384, "nvidia", "7.5", Interconnect.Pcie), 4, 16, null, 0.1894m, "test prices", Now, PriceConfidence.Estimate);
        var requirements = new ModelRequirements(
            request.Model!, WorkloadMode.Full, Precision.Fp16, 512, 16, new ModelParameters(110_106_428, 110_106_428, new Dictionary<string, long>(), "safetensors headers", Confidence.Headers), 110_106_428,
            new MemoryBreakdown(220_212_856, 0, 0, 3_000_000_000, 220_212_856, 1_321_277_136, 1L << 30), 4L << 30, 3L << 30, new GpuRequirements("7.0", [1]), "arXiv 2205.05198", []);
        var parts = request.Model!.Split(':', 2);
        var model = new ModelSummary(parts[0], parts[1], "fill-mask", "transformers", "apache-2.0", false, 110_106_428, 42_711_978, 3379, Now, ["bert"], new("snapshot", Now));
        var choice = new RankedOffer(offer, new OfferFit(1, 2, 50, 1, 1), new OfferCost(0.1894m, null, null, null), []);
        var environment = GpuEnvironment.Ask(request, request.Name!, request.Owner!, rehearsal: true, Now);
        environment.Choose(
            new Generation(model, requirements, null, new Recommendation([choice], [], new Dictionary<string, int>(), 1, Goal.CheapestHour, []), EnvironmentPrice.Quote(choice, 7, EnvironmentShape.Of(request, offer, requirements, null), 12, Now)), Now);
        return environment;
    }
}
