using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.EnvironmentGenerator.Runs;

namespace Terradev.EnvironmentGenerator.Blueprints;

/// <summary>
/// Takes a blueprint of a user's own: reads the zip, adds the shipped modules that it uses, checks what it may contain, lets
/// Terraform initialize and validate it, and keeps it as a version of its own. Takes none away that an environment needs.
/// </summary>
internal sealed class RegisterBlueprint(EnvironmentGeneratorDb db, Terraform terraform, ValidateBlueprint validate, TimeProvider time)
{
    private const int MostFaults = 50;

    /// <summary>The blueprint and whether the name is new, or the refusal.</summary>
    public async Task<(Blueprint? Blueprint, bool New, Refusal? Refusal)> HandleAsync(Cloud cloud, string name, byte[] zip, string caller, CancellationToken cancellationToken)
    {
        if (!BlueprintZip.IsName(name))
        {
            return (null, false, new Refusal(
                RefusalCodes.InvalidRequest, "The name of the blueprint is not valid.", "Use 1 to 40 lower-case letters, digits and hyphens, starting with a letter."));
        }

        if (Blueprint.Find(cloud, name) is not null)
        {
            return (null, false, new Refusal(RefusalCodes.NameTaken, $"The blueprint {name} ships with Terradev and cannot be replaced.", "Choose another name."));
        }

        if (cloud != Cloud.Aws)
        {
            return (null, false, new Refusal(RefusalCodes.InvalidRequest, "Blueprints can be registered for aws alone.", "Register it for aws."));
        }

        var (files, faults) = BlueprintZip.Read(zip);
        if (faults.Count > 0)
        {
            return (null, false, Invalid(faults));
        }

        var (blueprint, modules) = Blueprint.Assemble(cloud, name, files);
        faults = [.. modules.Select(module => new BlueprintFault(module, "It would stand in the place of the shipped module of that name; call the folder otherwise.")), .. BlueprintRules.Faults(blueprint.Files, files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal))];
        if (faults.Count > 0)
        {
            return (null, false, Invalid(faults));
        }

        if (terraform.FindProgram() is null)
        {
            return (null, false, new Refusal(
                RefusalCodes.TerraformMissing, "Terraform is not installed here, so the blueprint cannot be checked.", "Install terraform, or name it in Terraform__Path."));
        }

        (faults, var failed) = await validate.FaultsAsync(blueprint, cancellationToken);
        return failed is not null ? (null, false, failed)
            : faults.Count > 0 ? (null, false, Invalid(faults))
            : await StoreAsync(blueprint, caller, cancellationToken);
    }

    /// <summary>False: there is no such blueprint.</summary>
    public async Task<(bool Removed, Refusal? Refusal)> RemoveAsync(Cloud cloud, string name, CancellationToken cancellationToken)
    {
        if (Blueprint.Find(cloud, name) is not null)
        {
            return (false, new Refusal(RefusalCodes.InvalidState, $"The blueprint {name} ships with Terradev and cannot be removed.", "Leave it unused."));
        }

        var word = Wire.Name(cloud);
        var versions = db.BlueprintVersions.Where(version => version.Cloud == word && version.Name == name);
        var users = await db.Environments.Where(environment => environment.ActiveName != null && environment.Blueprint == name && versions.Any(version => version.Hash == environment.BlueprintVersion))
            .OrderBy(environment => environment.Name).Select(environment => environment.Name).Take(10).ToListAsync(cancellationToken);
        if (users.Count > 0)
        {
            return (false, new Refusal(RefusalCodes.InvalidState, $"Environments use the blueprint {name}: {string.Join(", ", users)}.", "Destroy them first."));
        }

        // Only marked: a request that is being taken right now, and the bundles of destroyed environments, still need the files.
        return (await versions.Where(version => version.Current).ExecuteUpdateAsync(set => set.SetProperty(version => version.Current, false), cancellationToken) > 0, null);
    }

    private async Task<(Blueprint?, bool, Refusal?)> StoreAsync(Blueprint blueprint, string caller, CancellationToken cancellationToken)
    {
        var cloud = Wire.Name(blueprint.Cloud);
        var hash = BlueprintShape.Of(blueprint).Version;
        var known = await db.BlueprintVersions.Where(version => version.Cloud == cloud && version.Name == blueprint.Name && (version.Current || version.Hash == hash)).ToListAsync(cancellationToken);
        var isNew = !known.Any(version => version.Current);
        foreach (var other in known)
        {
            other.Current = false;
        }

        var version = known.SingleOrDefault(version => version.Hash == hash);
        if (version is null)
        {
            version = new BlueprintVersion { Cloud = cloud, Name = blueprint.Name, Hash = hash, Content = RenderBundle.Zip(blueprint.Files) };
            db.BlueprintVersions.Add(version);
        }

        version.Current = true;
        version.RegisteredAt = time.GetUtcNow();
        version.RegisteredBy = caller;
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // The same files came twice at the same time; the other call has stored them.
            db.ChangeTracker.Clear();
            if (!await db.BlueprintVersions.AnyAsync(v => v.Cloud == cloud && v.Name == blueprint.Name && v.Hash == hash, cancellationToken))
            {
                throw;
            }
        }

        return (blueprint with { RegisteredVersion = hash }, isNew, null);
    }

    private static Refusal Invalid(IReadOnlyList<BlueprintFault> faults) => new(
        RefusalCodes.BlueprintInvalid, $"The blueprint is not taken: {faults.Count} fault(s), the first in {faults[0].File}: {faults[0].Cause}", "Correct what is named under errors and send it again.",
        faults.Take(MostFaults).GroupBy(fault => fault.File, fault => fault.Cause).ToDictionary(group => group.Key, group => group.Distinct().ToArray()));
}
