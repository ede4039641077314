using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.EnvironmentGenerator.Blueprints;

/// <summary>What the files of a blueprint's root module say about it.</summary>
internal sealed record BlueprintShape(
    IReadOnlyDictionary<string, DeclaredVariable> Variables, IReadOnlyList<DeclaredOutput> Outputs, IReadOnlyList<HclBlock> Modules, string Description, string Version,
    IReadOnlyList<HclFault> Faults)
{
    private static readonly ConditionalWeakTable<Blueprint, BlueprintShape> Known = [];

    /// <summary>The variables that a request may give.</summary>
    public IEnumerable<DeclaredVariable> Options => Variables.Values.Where(variable => !RequestVariables.SetByTerradev.Contains(variable.Name));

    public static BlueprintShape Of(Blueprint blueprint) => Known.GetValue(blueprint, Read);

    public BlueprintSummary ToSummary(Blueprint blueprint) => new(blueprint.Cloud, blueprint.Name, Description, Origin(blueprint), Version);

    public BlueprintResponse ToResponse(Blueprint blueprint) => new(
        blueprint.Cloud, blueprint.Name, Description, Origin(blueprint), Version,
        [.. Modules.Select(module => new BlueprintModule(module.Labels[0], module.Body.Text("source") ?? ""))],
        [.. Options.Where(option => option.Type is PrimitiveType { Name: "bool" }).Select(option => new BlueprintSwitch(
            option.Name, option.Default?.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null }, SwitchedBy(option.Name)))],
        JsonSerializer.SerializeToElement(Schema()),
        [.. Outputs.Select(output => new BlueprintOutput(output.Name, output.Description, output.Sensitive))]);

    private static BlueprintOrigin Origin(Blueprint blueprint) => blueprint.RegisteredVersion is null ? BlueprintOrigin.Shipped : BlueprintOrigin.Registered;

    private JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var option in Options)
        {
            properties[option.Name] = option.Schema();
        }

        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. Options.Where(option => !option.HasDefault).Select(option => (JsonNode)option.Name)]),
            ["additionalProperties"] = false,
        };
    }

    // count = var.NAME ? 1 : 0, also with further conditions before the question mark.
    private List<string> SwitchedBy(string option) =>
    [
        .. Modules.Where(module => module.Body.Attributes.TryGetValue("count", out var count) && Asks([.. count.Tokens.TakeWhile(token => !token.Is("?"))], option)).Select(module => module.Labels[0]),
    ];

    private static bool Asks(List<HclToken> condition, string option)
    {
        for (var i = 0; i + 2 < condition.Count; i++)
        {
            if (condition[i].Is("var") && condition[i + 1].Is(".") && condition[i + 2].Is(option))
            {
                return true;
            }
        }

        return false;
    }

    private static BlueprintShape Read(Blueprint blueprint)
    {
        var variables = new SortedDictionary<string, DeclaredVariable>(StringComparer.Ordinal);
        var outputs = new List<DeclaredOutput>();
        var modules = new List<HclBlock>();
        var faults = new List<HclFault>();
        foreach (var file in blueprint.Files.Where(file => !file.Path.Contains('/', StringComparison.Ordinal) && file.Path.EndsWith(".tf", StringComparison.Ordinal)))
        {
            var (declared, fault) = VariablesFile.Read(file.Path, file.Text);
            if (fault is not null)
            {
                faults.Add(fault);
                continue;
            }

            outputs.AddRange(declared!.Outputs);
            modules.AddRange(declared.Body.Blocks.Where(block => block is { Type: "module", Labels.Count: 1 }));
            foreach (var variable in declared.Variables)
            {
                variables[variable.Name] = variable;
            }
        }

        return new BlueprintShape(
            variables, [.. outputs.OrderBy(output => output.Name, StringComparer.Ordinal)], [.. modules.OrderBy(module => module.Labels[0], StringComparer.Ordinal)],
            Paragraph(blueprint.Files.FirstOrDefault(file => file.Path == "README.md")?.Text ?? ""), blueprint.ContentHash, faults);
    }

    private static string Paragraph(string readme) => string.Join(
        ' ', readme.Split('\n').Select(line => line.Trim()).SkipWhile(line => line.Length == 0 || line[0] == '#').TakeWhile(line => line.Length > 0));
}
