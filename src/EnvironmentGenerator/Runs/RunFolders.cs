using Microsoft.Extensions.Options;
using Terradev.EnvironmentGenerator.Environments;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>Where bundles and runs lie on this machine. Everything in them can be made again from the store.</summary>
internal sealed class RunFolders(IOptions<TerradevOptions> options)
{
    /// <summary>The bundle that people look at: <c>environments/{name}</c>.</summary>
    public string Bundle(GpuEnvironment environment) => Path.Combine(options.Value.EnsureDataDirectory("environments"), environment.Name);

    /// <summary>The run's own folder, in which Terraform works: <c>runs/{environment}/{number}</c>.</summary>
    public string Run(RunLease lease) =>
        Path.Combine(options.Value.EnsureDataDirectory("runs"), lease.EnvironmentId, lease.Number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public void DeleteRun(RunLease lease)
    {
        var folder = Run(lease);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void DeleteBundle(GpuEnvironment environment)
    {
        var folder = Bundle(environment);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
