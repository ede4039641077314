using System.Text.Json;
using Microsoft.Extensions.Options;
using Terradev.Contracts;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.EnvironmentGenerator.Runs;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Blueprints;

/// <summary>Lets Terraform initialize and validate a blueprint, without credentials.</summary>
internal sealed class ValidateBlueprint(
    Terraform terraform, PrepareProviders providers, ProviderMirror mirror, IOptions<TerraformOptions> options, IOptions<TerradevOptions> terradev)
{
    /// <summary>What Terraform finds wrong, or why it could not look.</summary>
    public async Task<(IReadOnlyList<BlueprintFault> Faults, Refusal? Failed)> FaultsAsync(Blueprint blueprint, CancellationToken cancellationToken)
    {
        var errors = new List<string>();
        var (prepared, failure) = await providers.EnsureAsync(blueprint, line =>
        {
            var message = TerraformMessage.Parse(line);
            if (message.Severity == "error")
            {
                errors.Add(message.Text);
            }

            return ValueTask.CompletedTask;
        }, cancellationToken);
        if (failure is not null)
        {
            // A version that no provider has is the blueprint's fault, a registry that does not answer is not; Terraform's words say which.
            var why = TerraformFailure.Explain(failure, errors);
            return why.Code == RefusalCodes.TerraformFailed ? ([.. errors.DefaultIfEmpty(why.Detail).Select(error => new BlueprintFault("terraform init", error))], null) : ([], why);
        }

        var folder = Path.Combine(terradev.Value.EnsureDataDirectory("terraform", "validating"), Guid.NewGuid().ToString("N"));
        try
        {
            BundleFolder.Write(folder, blueprint.Files);
            File.Copy(Path.Combine(prepared!, ".terraform.lock.hcl"), Path.Combine(folder, ".terraform.lock.hcl"));
            var output = new List<string>();
            var exit = await terraform.RunAsync(
                new TerraformStep(
                    "validate", folder, ["validate", "-json"],
                    new Dictionary<string, string>(mirror.Variables, StringComparer.Ordinal) { ["TF_DATA_DIR"] = Path.Combine(prepared!, ".terraform") }, options.Value.PlanTimeout, Offline: true),
                line =>
                {
                    output.Add(line);
                    return ValueTask.CompletedTask;
                },
                cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            return exit is { Code: 0, Ended: TerraformExit.Outcome.Exited } ? ([], null)
                : Read(string.Join('\n', output)) is { Count: > 0 } faults ? (faults, null)
                : ([], TerraformFailure.Explain(exit, []));
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    // {"valid":false,"diagnostics":[{"severity":"error","summary":"...","detail":"...","range":{"filename":"main.tf","start":{"line":3}}}]}
    private static List<BlueprintFault> Read(string json)
    {
        var faults = new List<BlueprintFault>();
        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var diagnostic in document.RootElement.GetProperty("diagnostics").EnumerateArray().Where(d => d.GetProperty("severity").GetString() == "error"))
            {
                var detail = diagnostic.TryGetProperty("detail", out var more) ? more.GetString() : null;
                var cause = string.IsNullOrEmpty(detail) ? diagnostic.GetProperty("summary").GetString()! : $"{diagnostic.GetProperty("summary").GetString()}: {detail}";
                faults.Add(diagnostic.TryGetProperty("range", out var range)
                    ? BlueprintFault.At(range.GetProperty("filename").GetString()!, range.GetProperty("start").GetProperty("line").GetInt32(), cause)
                    : new BlueprintFault("terraform validate", cause));
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Not the answer that Terraform documents; the exit code and its words stand for it.
            return [];
        }

        return faults;
    }
}
