using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>
/// Runs <c>terraform init</c> once per blueprint and machine; every run of that blueprint then uses the prepared folder as
/// its <c>TF_DATA_DIR</c>. Nothing is written there afterwards, so runs at the same time cannot disturb each other.
/// </summary>
internal sealed partial class PrepareProviders(
    Terraform terraform, ProviderMirror mirror, IOptions<TerraformOptions> options, IOptions<TerradevOptions> terradev, IHostApplicationLifetime lifetime,
    ILogger<PrepareProviders> logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Lock _lock = new();
    private Task _headStarts = Task.CompletedTask;

    /// <summary>Begins in the background, while the offer is chosen; the run that needs the folder waits for it, or tries itself.</summary>
    public void Begin(Blueprint blueprint)
    {
        lock (_lock)
        {
            _headStarts = Task.WhenAll(_headStarts, BeginAsync(blueprint));
        }
    }

    /// <summary>The prepared folder, or how <c>init</c> failed.</summary>
    public async Task<(string? Folder, TerraformExit? Failure)> EnsureAsync(Blueprint blueprint, Func<string, ValueTask> onLine, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(terradev.Value.EnsureDataDirectory("terraform", "prepared"), $"{blueprint.Name}-{Hash(blueprint)}");
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (IsReady(folder))
            {
                return (folder, null);
            }

            var draft = $"{folder}.{Guid.NewGuid():N}";
            BundleFolder.Write(draft, blueprint.Files);
            var exit = await terraform.RunAsync(
                new TerraformStep("init", draft, ["init", "-json", "-input=false"], mirror.Variables, options.Value.InitTimeout, Offline: true), onLine, cancellationToken);
            if (exit is not { Code: 0, Ended: TerraformExit.Outcome.Exited })
            {
                Directory.Delete(draft, recursive: true);
                return (null, exit);
            }

            try
            {
                Directory.Move(draft, folder);
            }
            catch (IOException) when (IsReady(folder))
            {
                // Another process of this machine was first; its folder is as good.
                Directory.Delete(draft, recursive: true);
            }

            return (folder, null);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Waits for head starts that were interrupted by the end of the service.</summary>
    public async ValueTask DisposeAsync()
    {
        await _headStarts;
        _one.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "Nobody waits for this head start; the run meets the same fault and reports it.")]
    private async Task BeginAsync(Blueprint blueprint)
    {
        try
        {
            if (terraform.FindProgram() is not null)
            {
                await EnsureAsync(blueprint, _ => ValueTask.CompletedTask, lifetime.ApplicationStopping);
            }
        }
        catch (Exception exception)
        {
            LogHeadStartFailed(exception, blueprint.Name);
        }
    }

    // The providers may be links into a mirror; one that was removed since makes the folder useless.
    private static bool IsReady(string folder)
    {
        var providers = Path.Combine(folder, ".terraform", "providers");
        if (!File.Exists(Path.Combine(folder, ".terraform.lock.hcl")) || !Directory.Exists(providers))
        {
            return false;
        }

        if (Directory.EnumerateFiles(providers, "terraform-provider-*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).Any())
        {
            return true;
        }

        Directory.Delete(folder, recursive: true);
        return false;
    }

    private string Hash(Blueprint blueprint)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(blueprint.ContentHash));
        hash.AppendData(Encoding.UTF8.GetBytes(terraform.FindProgram() ?? ""));
        foreach (var variable in mirror.Variables.Values)
        {
            hash.AppendData(File.ReadAllBytes(variable));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    [LoggerMessage(EventId = 260, Level = LogLevel.Information, Message = "The providers of blueprint {Blueprint} could not be prepared ahead; the run tries again")]
    private partial void LogHeadStartFailed(Exception exception, string blueprint);
}
