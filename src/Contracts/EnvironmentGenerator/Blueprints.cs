using System.Text.Json;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Contracts.EnvironmentGenerator;

/// <summary>Where a blueprint comes from.</summary>
public enum BlueprintOrigin
{
    Shipped,
    Registered,
}

/// <summary>An entry of <c>GET /api/v1/blueprints</c>.</summary>
/// <param name="Description">What it makes, in one paragraph.</param>
/// <param name="Version">SHA-256 of its files, in hexadecimal; another one means other files.</param>
public sealed record BlueprintSummary(Cloud Cloud, string Name, string Description, BlueprintOrigin Origin, string Version);

/// <summary>Answer of <c>GET /api/v1/blueprints/{cloud}/{name}</c>.</summary>
/// <param name="Description">What it makes, in one paragraph.</param>
/// <param name="Version">SHA-256 of its files, in hexadecimal; another one means other files.</param>
/// <param name="Variables">
/// JSON Schema (draft 2020-12) of <see cref="EnvironmentRequest.Variables"/>. It has no variable that Terradev sets itself, and
/// only those rules that can be told without Terraform.
/// </param>
public sealed record BlueprintResponse(
    Cloud Cloud, string Name, string Description, BlueprintOrigin Origin, string Version, IReadOnlyList<BlueprintModule> Modules, IReadOnlyList<BlueprintSwitch> Switches,
    JsonElement Variables, IReadOnlyList<BlueprintOutput> Outputs);

/// <param name="Name">Its name in the blueprint; resources are called <c>module.NAME</c>.</param>
/// <param name="Source">Its folder in the bundle.</param>
public sealed record BlueprintModule(string Name, string Source);

/// <summary>An option that is true or false.</summary>
/// <param name="Default">Null when the blueprint has none.</param>
/// <param name="Modules">The modules that exist only as the option says; empty when it decides something within a module.</param>
public sealed record BlueprintSwitch(string Option, bool? Default, IReadOnlyList<string> Modules);

/// <param name="Sensitive">Terraform hides its value, and so does the API.</param>
public sealed record BlueprintOutput(string Name, string? Description, bool Sensitive);
