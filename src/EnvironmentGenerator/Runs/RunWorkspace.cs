using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Blueprints;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.EnvironmentGenerator.Environments;
using Terradev.EnvironmentGenerator.State;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>A step of Terraform that has ended, with what it said.</summary>
internal sealed record StepResult(TerraformExit Exit, RunProgress Progress)
{
    public bool Succeeded => Exit is { Code: 0, Ended: TerraformExit.Outcome.Exited };
}

/// <summary>The folder a run works in, and the steps of Terraform that are taken there.</summary>
internal sealed class RunWorkspace(
    IServiceScopeFactory scopes, BlueprintCatalog blueprints, Terraform terraform, PrepareProviders providers, ProviderMirror mirror, StateWatcher watcher, AwsAccess aws, RunFolders folders,
    IOptions<TerraformOptions> options, TimeProvider time)
{
    private const string PlanFile = "run.tfplan";
    private const string DataDirFile = "data-dir";

    /// <summary>
    /// Renders the bundle into the environment's folder and the run's own, restores the state, and prepares the providers.
    /// Null, or how <c>terraform init</c> failed.
    /// </summary>
    public async Task<StepResult?> MaterializeAsync(RunSession session, GpuEnvironment environment, TerraformRun run, TerraformState? state)
    {
        var blueprint = await blueprints.OfAsync(environment, CancellationToken.None);
        await using var scope = scopes.CreateAsyncScope();
        var installation = await Installation.IdAsync(scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>(), CancellationToken.None);
        var files = RenderBundle.Files(blueprint, environment, new BundleTarget(installation, aws.SimulatedEndpoint), environment.ExpiresAt!.Value);

        string? prepared;
        var progress = await ProgressAsync(session, run, "init", total: 0, attach: false);
        await using (progress)
        {
            (prepared, var failure) = await providers.EnsureAsync(blueprint, progress.TakeAsync, session.Stopped);
            if (failure is not null)
            {
                return new StepResult(failure, progress);
            }
        }

        var bundle = folders.Bundle(environment);
        BundleFolder.Write(bundle, files);
        BundleFolder.LinkProviders(bundle, prepared!);

        var folder = folders.Run(session.Lease);
        BundleFolder.Write(folder, files);
        File.Copy(Path.Combine(prepared!, ".terraform.lock.hcl"), Path.Combine(folder, ".terraform.lock.hcl"), overwrite: true);
        Directory.CreateDirectory(Path.Combine(folder, Terraform.OutputFolder));
        await File.WriteAllTextAsync(Path.Combine(folder, Terraform.OutputFolder, DataDirFile), Path.Combine(prepared!, ".terraform"));
        var statePath = Path.Combine(folder, StateWatcher.FileName);
        if (state is null)
        {
            File.Delete(statePath);
        }
        else
        {
            await File.WriteAllBytesAsync(statePath, state.Content);
        }

        return null;
    }

    /// <summary>Plans for the kind of the run and saves the plan in the folder.</summary>
    public Task<StepResult> PlanAsync(RunSession session, TerraformRun run) => RunAsync(session, run, Step(session, run, "plan", options.Value.PlanTimeout,
    [
        "plan", "-json", "-input=false", $"-out={PlanFile}",
        .. run.Kind switch
        {
            RunKind.Destroy => (string[])["-destroy"],
            RunKind.Rehearse => ["-var", "rehearsal=true"],
            _ => [],
        },
    ]), total: 0);

    /// <summary>
    /// Notes in the state that the buckets may be emptied, which the provider reads from there and nowhere else; the cloud is
    /// not changed by it.
    /// </summary>
    public Task<StepResult> AllowEmptyingAsync(RunSession session, TerraformRun run) => RunAsync(
        session, run,
        Step(session, run, "empty", options.Value.PlanTimeout, ["apply", "-json", "-input=false", "-auto-approve", "-target=module.storage", "-var", "force_destroy=true"]), total: 0);

    /// <summary>Applies the saved plan.</summary>
    public Task<StepResult> ApplyAsync(RunSession session, TerraformRun run) => RunAsync(session, run, ApplyStep(session, run), Total(run.Plan));

    /// <summary>Goes on reading an apply that a lost worker of this machine started; killed, as far as anyone can tell, when there is none.</summary>
    public Task<StepResult> AttachAsync(RunSession session, TerraformRun run) => RunAsync(session, run, ApplyStep(session, run), Total(run.Plan), attach: true);

    public Task<byte[]> ReadPlanAsync(RunLease lease) => File.ReadAllBytesAsync(Path.Combine(folders.Run(lease), PlanFile));

    public Task WritePlanAsync(RunLease lease, byte[] plan) => File.WriteAllBytesAsync(Path.Combine(folders.Run(lease), PlanFile), plan);

    private TerraformStep ApplyStep(RunSession session, TerraformRun run) =>
        Step(session, run, run.Kind == RunKind.Destroy ? "destroy" : "apply", options.Value.ApplyTimeout, ["apply", "-json", "-input=false", PlanFile]);

    private TerraformStep Step(RunSession session, TerraformRun run, string name, TimeSpan timeout, IReadOnlyList<string> arguments)
    {
        var folder = folders.Run(session.Lease);
        var dataDir = Path.Combine(folder, Terraform.OutputFolder, DataDirFile);
        var variables = new Dictionary<string, string>(mirror.Variables, StringComparer.Ordinal);
        if (File.Exists(dataDir))
        {
            variables["TF_DATA_DIR"] = File.ReadAllText(dataDir);
        }

        var rehearsal = run.Kind == RunKind.Rehearse;
        foreach (var (variable, value) in rehearsal ? new Dictionary<string, string>() : aws.Variables())
        {
            variables[variable] = value;
        }

        return new TerraformStep(name, folder, arguments, variables, timeout, Offline: rehearsal);
    }

    // While a step may change something every state it writes is stored.
    private async Task<StepResult> RunAsync(RunSession session, TerraformRun run, TerraformStep step, int total, bool attach = false)
    {
        using var activity = EnvironmentGeneratorTelemetry.Source.StartActivity($"terraform {step.Name}");
        activity?.SetTag("terradev.environment", run.EnvironmentId).SetTag("terradev.run", run.Number);
        var progress = await ProgressAsync(session, run, step.Name, total, attach);
        using var finished = new CancellationTokenSource();
        var watching = step.Name == "plan" || !Directory.Exists(step.Directory) ? Task.CompletedTask : watcher.WatchAsync(session.Lease, step.Directory, finished.Token);
        TerraformExit exit;
        try
        {
            exit = attach
                ? await terraform.AttachAsync(step, progress.TakeAsync, session.Stopped) ?? new TerraformExit(-1, TerraformExit.Outcome.Killed, "")
                : await terraform.RunAsync(step, progress.TakeAsync, session.Stopped);
        }
        finally
        {
            await finished.CancelAsync();
            await watching;
            await progress.DisposeAsync();
        }

        activity?.SetTag("process.exit.code", exit.Code);
        activity?.SetStatus(exit.Code == 0 ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        return new StepResult(exit, progress);
    }

    private async Task<RunProgress> ProgressAsync(RunSession session, TerraformRun run, string phase, int total, bool attach)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>();
        var log = db.RunLog.Where(line => line.EnvironmentId == run.EnvironmentId && line.Run == run.Number);
        var written = await log.CountAsync();
        // An attached step is read again from its first line.
        var again = attach ? await log.CountAsync(line => line.Phase == phase) : 0;
        return new RunProgress(session, phase, written, again, total, time);
    }

    private static int Total(PlanSummary? plan) => plan is null ? 0 : plan.Add + plan.Change + plan.Destroy;
}
