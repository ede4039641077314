using System.Text.Json;
using System.Text.Json.Nodes;

namespace Terradev.EnvironmentGenerator.Blueprints;

/// <summary>A variable of a root module.</summary>
/// <param name="HasDefault">False: it must be given.</param>
/// <param name="Default">The default where it is written out; null otherwise and for null.</param>
internal sealed record DeclaredVariable(
    string Name, string? Description, OptionType Type, bool HasDefault, JsonNode? Default, bool Nullable, bool Sensitive, IReadOnlyList<OptionRule> Rules)
{
    /// <summary>JSON Schema, draft 2020-12.</summary>
    public JsonObject Schema()
    {
        var schema = Nullable ? Type.NullableSchema() : Type.Schema();
        if (Description is not null)
        {
            schema["description"] = Description;
        }

        if (HasDefault && (Default is not null || Nullable))
        {
            schema["default"] = Default?.DeepClone();
        }

        foreach (var rule in Rules)
        {
            rule.Describe(schema);
        }

        return schema;
    }

    /// <summary>What is wrong with a value; empty when nothing is seen.</summary>
    public IReadOnlyList<string> Check(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return Nullable ? [] : [HasDefault ? "Not null; leave it out for the default." : "Not null."];
        }

        var faults = new List<string>();
        Type.Check(value, "", faults);
        return faults.Count > 0 ? faults : [.. Rules.Where(rule => !rule.Holds(value)).Select(rule => rule.Message).Distinct()];
    }
}

internal sealed record DeclaredOutput(string Name, string? Description, bool Sensitive);

/// <summary>A .tf file with the variables and outputs that it declares.</summary>
internal sealed record VariablesFile(HclBody Body, IReadOnlyList<DeclaredVariable> Variables, IReadOnlyList<DeclaredOutput> Outputs)
{
    public static (VariablesFile? File, HclFault? Fault) Read(string file, string text)
    {
        var (body, fault) = HclReader.Read(file, text);
        return body is null ? (null, fault) : Read(file, body);
    }

    private static (VariablesFile? File, HclFault? Fault) Read(string file, HclBody body)
    {
        var variables = new List<DeclaredVariable>();
        var outputs = new List<DeclaredOutput>();
        foreach (var block in body.Blocks.Where(block => block.Type is "variable" or "output"))
        {
            if (block.Labels is not [var name])
            {
                return (null, new HclFault(file, block.Line, $"a {block.Type} has one name."));
            }

            if (block.Type == "output")
            {
                outputs.Add(new DeclaredOutput(name, block.Body.Text("description"), Flag(block.Body, "sensitive", otherwise: false)));
                continue;
            }

            OptionType type = new AnyType();
            if (block.Body.Attributes.TryGetValue("type", out var expression))
            {
                var (read, cause) = OptionType.Read(expression);
                if (cause is not null)
                {
                    return (null, new HclFault(file, expression.Line, $"the type of {name}: {cause}"));
                }

                type = read!;
            }

            JsonNode? otherwise = null;
            var hasDefault = block.Body.Attributes.TryGetValue("default", out var value);
            var known = hasDefault && value!.TryLiteral(out otherwise);
            variables.Add(new DeclaredVariable(
                name, block.Body.Text("description"), type, hasDefault, known ? otherwise : null, Flag(block.Body, "nullable", otherwise: true), Flag(block.Body, "sensitive", otherwise: false),
                [.. block.Body.Blocks.Where(inner => inner.Type == "validation" && inner.Body.Attributes.ContainsKey("condition")).SelectMany(inner =>
                    OptionRule.Read(name, inner.Body.Attributes["condition"], inner.Body.Text("error_message") ?? "Not a value that the blueprint takes."))]));
        }

        return (new VariablesFile(body, variables, outputs), null);
    }

    private static bool Flag(HclBody body, string attribute, bool otherwise) =>
        body.Attributes.TryGetValue(attribute, out var expression) && expression.Tokens is [{ Kind: HclKind.Identifier, Value: "true" or "false" }] ? expression.Tokens[0].Value == "true" : otherwise;
}
