using System.Text.Json;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.Contracts.Tests;

/// <summary>A blueprint with one option, as the API tells of it.</summary>
internal static class BlueprintExamples
{
    private const string Version = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    public static BlueprintSummary Summary { get; } = new(Cloud.Aws, "training", "A GPU machine on AWS for one model and one dataset.", BlueprintOrigin.Shipped, Version);

    public static BlueprintResponse Blueprint { get; } = new(
        Cloud.Aws, "training", Summary.Description, BlueprintOrigin.Registered, Version,
        [new BlueprintModule("secrets", "./modules/secrets")],
        [new BlueprintSwitch("hub_token", Default: false, ["secrets"])],
        JsonSerializer.Deserialize<JsonElement>("""
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "type": "object",
              "properties": { "hub_token": { "type": "boolean", "description": "Make a secret for the model hub's token.", "default": false } },
              "required": [],
              "additionalProperties": false
            }
            """),
        [new BlueprintOutput("log_group", "Name of the log group.", Sensitive: false)]);
}
