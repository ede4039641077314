using System.Text.Json;

namespace Terradev.Blueprints.Tests;

/// <summary>What Terradev sets for every blueprint, and the switches that a user may turn.</summary>
internal static class Values
{
    public const string ExpiresAt = "2030-01-31T18:00:00Z";

    // What only some blueprints know is left out where options.tf and variables.tf do not declare it.
    private static readonly Dictionary<string, object> Switches = new()
    {
        ["nat_gateway"] = true,
        ["private_subnets"] = true,
        ["container_registry"] = true,
        ["repository"] = true,
        ["hub_token"] = true,
        ["budget_usd"] = 50,
        ["notification_emails"] = new[] { "gpu@example.com" },
        ["data_feeds"] = new Dictionary<string, object>
        {
            ["reviews"] = new { kind = "http", location = "https://example.com/reviews.csv", schedule = "rate(1 day)" },
        },
        ["data_volume_gib"] = 50,
        ["snapshots"] = true,
        ["file_system"] = true,
        ["allowed_cidrs"] = new[] { "198.51.100.0/24" },
        ["on_demand_base"] = 1,
    };

    /// <summary>The variables Terradev sets.</summary>
    public static Dictionary<string, object?> For(string blueprint, bool rehearsal) => new()
    {
        ["name"] = $"it-{blueprint}",
        ["installation"] = "0123456789abcdef",
        ["environment"] = $"env-{blueprint}",
        ["owner"] = "me@example.com",
        ["expires_at"] = ExpiresAt,
        ["region"] = "us-east-1",
        ["instance_type"] = "g5.xlarge",
        ["capacity"] = "spot",
        ["root_volume_gib"] = 100,
        ["model"] = "huggingface:google-bert/bert-base-uncased",
        ["dataset"] = blueprint == "inference" ? null : "huggingface:stanfordnlp/imdb",
        ["mode"] = blueprint is "inference" or "fleet" ? "inference" : "lora",
        ["precision"] = "fp16",
        ["rehearsal"] = rehearsal,
        ["force_destroy"] = true,
        ["tags"] = new Dictionary<string, string> { ["team"] = "nlp" },
    };

    public static Dictionary<string, object?> WithSwitches(string blueprint, bool rehearsal)
    {
        var declared = Declared(blueprint);
        var values = For(blueprint, rehearsal);
        foreach (var (name, value) in Switches.Where(entry => declared.Contains(entry.Key)))
        {
            values[name] = value;
        }

        return values;
    }

    public static void Write(string folder, IReadOnlyDictionary<string, object?> values) =>
        File.WriteAllText(Path.Combine(folder, "terraform.tfvars.json"), JsonSerializer.Serialize(values));

    private static HashSet<string> Declared(string blueprint) =>
        [.. Directory.GetFiles(Repository.BlueprintFolder(blueprint), "*.tf").SelectMany(File.ReadLines)
            .Where(line => line.StartsWith("variable \"", StringComparison.Ordinal)).Select(line => line.Split('"')[1])];
}
