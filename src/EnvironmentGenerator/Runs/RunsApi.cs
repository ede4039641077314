using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Environments;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Runs;

internal static class RunsApi
{
    public static void MapRunsApi(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/environments/{id}").WithTags("runs").RequireAuthorization().WaitForStore<EnvironmentGeneratorDb>();
        group.MapGet("/runs", List).WithName("ListRuns").WithSummary("All runs of an environment, oldest first");
        group.MapGet("/runs/{number:int}", Get).WithName("GetRun").WithSummary("One run");
        group.MapGet("/runs/{number:int}/log", Log).WithName("GetRunLog").WithSummary("What Terraform printed, as plain text");
        group.MapPost("/approve", Approve).WithName("ApproveRun").WithSummary("Lets the waiting plan be applied");
        group.MapPost("/reject", Reject).WithName("RejectRun").WithSummary("Drops the waiting plan");
    }

    private static async Task<Results<Ok<Page<RunResponse>>, ProblemHttpResult>> List(string id, EnvironmentGeneratorDb db, CancellationToken cancellationToken)
    {
        if (await db.Environments.AsNoTracking().FindAsync(id, cancellationToken) is not { } environment)
        {
            return EnvironmentsApi.Unknown(id);
        }

        var runs = await db.Runs.AsNoTracking().Where(run => run.EnvironmentId == environment.Id).OrderBy(run => run.Number).ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<RunResponse>([.. runs.Select(run => run.ToResponse())], null));
    }

    private static async Task<Results<Ok<RunResponse>, ProblemHttpResult>> Get(string id, int number, EnvironmentGeneratorDb db, CancellationToken cancellationToken)
    {
        if (await db.Environments.AsNoTracking().FindAsync(id, cancellationToken) is not { } environment)
        {
            return EnvironmentsApi.Unknown(id);
        }

        return await db.Runs.AsNoTracking().SingleOrDefaultAsync(run => run.EnvironmentId == environment.Id && run.Number == number, cancellationToken) is { } found
            ? TypedResults.Ok(found.ToResponse())
            : UnknownRun(environment, number);
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> Log(string id, int number, EnvironmentGeneratorDb db, CancellationToken cancellationToken)
    {
        if (await db.Environments.AsNoTracking().FindAsync(id, cancellationToken) is not { } environment)
        {
            return EnvironmentsApi.Unknown(id);
        }

        if (number < 1 || number > environment.LastRun)
        {
            return UnknownRun(environment, number);
        }

        var lines = await db.RunLog.AsNoTracking().Where(line => line.EnvironmentId == environment.Id && line.Run == number).OrderBy(line => line.Line).ToListAsync(cancellationToken);
        return TypedResults.Text(string.Concat(lines.Select(line => $"{line.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {line.Phase,-7} {line.Text}\n")), "text/plain");
    }

    private static async Task<Results<Accepted<EnvironmentResponse>, ProblemHttpResult>> Approve(
        string id, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] Decision? decision, ChangeEnvironment change, RunFolders folders, HttpContext http, CancellationToken cancellationToken) =>
        EnvironmentsApi.Answer(id, await change.DecideAsync(id, approve: true, http.User.Identity?.Name ?? "admin", decision?.Comment, cancellationToken), folders);

    private static async Task<Results<Accepted<EnvironmentResponse>, ProblemHttpResult>> Reject(
        string id, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] Decision? decision, ChangeEnvironment change, RunFolders folders, HttpContext http, CancellationToken cancellationToken) =>
        EnvironmentsApi.Answer(id, await change.DecideAsync(id, approve: false, http.User.Identity?.Name ?? "admin", decision?.Comment, cancellationToken), folders);

    private static ProblemHttpResult UnknownRun(GpuEnvironment environment, int number) => Problems.Problem(
        RefusalCodes.NotFound, $"The environment '{environment.Name}' has no run {number}.", $"Its runs are 1 to {environment.LastRun}.");
}
