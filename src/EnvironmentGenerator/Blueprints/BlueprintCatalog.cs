using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.EnvironmentGenerator.Blueprints;

/// <summary>The shipped blueprints and those that users have registered.</summary>
internal sealed class BlueprintCatalog(IServiceScopeFactory scopes)
{
    private const int MostKept = 32;

    // By version, whose files never change.
    private readonly ConcurrentDictionary<string, Blueprint> _read = new(StringComparer.Ordinal);

    /// <summary>All that a new environment can be made from, in order of their names.</summary>
    public async Task<IReadOnlyList<Blueprint>> ListAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var current = await Versions(scope).Where(version => version.Current)
            .Select(version => new { version.Cloud, version.Name, version.Hash, version.RegisteredAt }).ToListAsync(cancellationToken);
        var blueprints = Blueprint.All.ToList();
        foreach (var version in current.GroupBy(version => (version.Cloud, version.Name)).Select(versions => versions.MaxBy(version => version.RegisteredAt)!))
        {
            blueprints.Add(await ReadAsync(scope, version.Cloud, version.Name, version.Hash, cancellationToken));
        }

        return [.. blueprints.OrderBy(blueprint => Wire.Name(blueprint.Cloud), StringComparer.Ordinal).ThenBy(blueprint => blueprint.Name, StringComparer.Ordinal)];
    }

    /// <summary>The blueprint that a new environment gets, or null.</summary>
    public async Task<Blueprint?> FindAsync(Cloud cloud, string name, CancellationToken cancellationToken)
    {
        if (Blueprint.Find(cloud, name) is { } shipped)
        {
            return shipped;
        }

        if (!BlueprintZip.IsName(name))
        {
            return null;
        }

        await using var scope = scopes.CreateAsyncScope();
        var word = Wire.Name(cloud);
        var hash = await Versions(scope).Where(version => version.Cloud == word && version.Name == name && version.Current)
            .OrderByDescending(version => version.RegisteredAt).Select(version => version.Hash).FirstOrDefaultAsync(cancellationToken);
        return hash is null ? null : await ReadAsync(scope, word, name, hash, cancellationToken);
    }

    /// <summary>The blueprint that an environment was made from, whatever was registered since.</summary>
    public async Task<Blueprint> OfAsync(GpuEnvironment environment, CancellationToken cancellationToken)
    {
        var cloud = environment.Request.Cloud!.Value;
        if (environment.BlueprintVersion is null)
        {
            return Blueprint.Find(cloud, environment.Blueprint)!;
        }

        await using var scope = scopes.CreateAsyncScope();
        return await ReadAsync(scope, Wire.Name(cloud), environment.Blueprint, environment.BlueprintVersion, cancellationToken);
    }

    private static IQueryable<BlueprintVersion> Versions(AsyncServiceScope scope) =>
        scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>().BlueprintVersions.AsNoTracking();

    private async Task<Blueprint> ReadAsync(AsyncServiceScope scope, string cloud, string name, string hash, CancellationToken cancellationToken)
    {
        var key = $"{cloud}/{name}/{hash}";
        if (_read.TryGetValue(key, out var known))
        {
            return known;
        }

        var content = await Versions(scope).Where(version => version.Cloud == cloud && version.Name == name && version.Hash == hash)
            .Select(version => version.Content).SingleAsync(cancellationToken);
        var blueprint = new Blueprint(Wire.TryParse<Cloud>(cloud, out var parsed) ? parsed : throw new InvalidOperationException($"There is no cloud {cloud}."), name, BlueprintZip.Stored(content)) { RegisteredVersion = hash };
        if (_read.Count >= MostKept)
        {
            _read.Clear();
        }

        return _read.GetOrAdd(key, blueprint);
    }
}
