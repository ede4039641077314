using System.Text.Json;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.EnvironmentGenerator.Blueprints;

/// <summary>Whether options are ones that a blueprint has, with values of their types.</summary>
public static class BlueprintOptions
{
    private const int MostFaults = 5;

    /// <summary>
    /// Messages by field (<c>variables.NAME</c>) for options that <see cref="RequestVariables.Faults"/> accepts; empty when all
    /// is well. What only Terraform can compute is left to it.
    /// </summary>
    public static IReadOnlyDictionary<string, string[]> Check(Blueprint blueprint, IReadOnlyDictionary<string, JsonElement>? variables)
    {
        var shape = BlueprintShape.Of(blueprint);
        var errors = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        if (shape.Faults.Count > 0)
        {
            errors["variables"] = [.. shape.Faults.Take(MostFaults).Select(fault => fault.ToString())];
            return errors;
        }

        foreach (var (name, value) in variables ?? new Dictionary<string, JsonElement>())
        {
            if (RequestVariables.SetByTerradev.Contains(name))
            {
                errors[$"variables.{name}"] = ["Terradev sets this from the other fields of the request."];
            }
            else if (!shape.Variables.TryGetValue(name, out var variable))
            {
                errors[$"variables.{name}"] = [$"The blueprint {blueprint.Name} has no such option. {CloseName.Hint(name, shape.Options.Select(option => option.Name))}"];
            }
            else if (variable.Check(value) is { Count: > 0 } faults)
            {
                errors[$"variables.{name}"] = [.. faults.Take(MostFaults)];
            }
        }

        foreach (var option in shape.Options.Where(option => !option.HasDefault && variables?.ContainsKey(option.Name) != true))
        {
            errors[$"variables.{option.Name}"] = ["It is needed: the blueprint has no default for it."];
        }

        return errors;
    }
}
