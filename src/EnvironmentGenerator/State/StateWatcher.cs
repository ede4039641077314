using Terradev.EnvironmentGenerator.Runs;

namespace Terradev.EnvironmentGenerator.State;

/// <summary>Copies each state that Terraform writes in a run's folder into the store, as soon as it is there.</summary>
internal sealed partial class StateWatcher(StateStore store, TimeProvider time, ILogger<StateWatcher> logger)
{
    public const string FileName = "terraform.tfstate";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Watches until cancelled, then copies the last state. A store that is down is tried again until it is back.</summary>
    public async Task WatchAsync(RunLease lease, string directory, CancellationToken finished)
    {
        var seen = default(DateTime);
        string? stored = null;
        while (true)
        {
            var last = finished.IsCancellationRequested;
            var changed = File.GetLastWriteTimeUtc(Path.Combine(directory, FileName));
            if (changed != seen || last)
            {
                var state = Read(directory);
                if (state is null || state.Sha256 == stored)
                {
                    seen = state is null ? seen : changed;
                }
                else if (await TrySaveAsync(lease, state))
                {
                    stored = state.Sha256;
                    seen = changed;
                }
                else
                {
                    last = false;
                }
            }

            if (last)
            {
                return;
            }

            await Task.Delay(Interval, time, CancellationToken.None);
        }
    }

    /// <summary>The state in the folder; null when there is none or it is being written.</summary>
    public static TerraformState? Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            return File.Exists(path) ? TerraformState.TryParse(File.ReadAllBytes(path)) : null;
        }
        catch (IOException)
        {
            // Terraform holds it this instant; the next look finds it.
            return null;
        }
    }

    private async Task<bool> TrySaveAsync(RunLease lease, TerraformState state)
    {
        try
        {
            await store.SaveAsync(lease, state, CancellationToken.None);
            return true;
        }
        catch (Exception exception) when (ServiceDefaults.Unavailable.Is(exception))
        {
            LogNotStored(exception, state.Serial, lease.EnvironmentId);
            await Task.Delay(TimeSpan.FromSeconds(1), time, CancellationToken.None);
            return false;
        }
    }

    [LoggerMessage(EventId = 200, Level = LogLevel.Warning, Message = "State serial {Serial} of environment {EnvironmentId} is not stored yet; trying again")]
    private partial void LogNotStored(Exception exception, long serial, string environmentId);
}
