using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Blueprints;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.EnvironmentGenerator.Runs;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Environments;

internal static class EnvironmentsApi
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 1000;

    public static void MapEnvironmentsApi(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/environments").WithTags("environments").RequireAuthorization().WaitForStore<EnvironmentGeneratorDb>();
        group.MapPost("/", Create).WithName("RequestEnvironment").WithSummary("Asks for an environment; the job goes on in the background");
        group.MapGet("/", List).WithName("ListEnvironments").WithSummary("Lists environments, newest first, with their quotes but without the longer answers");
        group.MapGet("/{id}", Get).WithName("GetEnvironment").WithSummary("One environment, by id or by name");
        group.MapGet("/{id}/bundle", Bundle).WithName("GetBundle").WithSummary("The Terraform bundle as a zip");
        group.MapGet("/{id}/forecast", Forecast).WithName("ForecastEnvironment").WithSummary("What the environment will have cost at a date, its deadline unless told, and when its budget is used up");
        group.MapPost("/{id}/apply", Apply).WithName("ApplyEnvironment").WithSummary("Plans anew with credentials, then applies");
        group.MapDelete("/{id}", Delete).WithName("DestroyEnvironment").WithSummary("Ends the environment: destroys what exists; buckets with content only with deleteData=true");
    }

    /// <summary>By id, or by the name while it is taken.</summary>
    public static async Task<GpuEnvironment?> FindAsync(this IQueryable<GpuEnvironment> environments, string idOrName, CancellationToken cancellationToken) =>
        await environments.SingleOrDefaultAsync(e => e.Id == idOrName, cancellationToken)
        ?? await environments.SingleOrDefaultAsync(e => e.ActiveName == idOrName, cancellationToken);

    public static ProblemHttpResult Unknown(string id) => Problems.Problem(
        RefusalCodes.NotFound, $"There is no environment '{Printable(id)}'.", "GET /api/v1/environments lists those that exist.");

    private static async Task<Results<Accepted<EnvironmentResponse>, ProblemHttpResult>> Create(
        EnvironmentRequest request, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, RequestEnvironment requestEnvironment, RunFolders folders,
        HttpContext http, CancellationToken cancellationToken)
    {
        var (environment, refusal) = await requestEnvironment.HandleAsync(request, idempotencyKey, http.User.Identity?.Name ?? "admin", cancellationToken);
        return refusal is not null
            ? refusal.ToProblem()
            : TypedResults.Accepted($"/api/v1/environments/{environment!.Id}", Response(environment, folders));
    }

    private static async Task<Results<Ok<Page<EnvironmentResponse>>, ProblemHttpResult>> List(
        string? status, string? cursor, int? limit, EnvironmentGeneratorDb db, RunFolders folders, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        var wanted = default(EnvironmentStatus);
        if (status is not null && !Wire.TryParse(status, out wanted))
        {
            errors["status"] = [$"One of: {string.Join(", ", Wire.Names<EnvironmentStatus>())}."];
        }

        if (limit is < 1 or > MaxLimit)
        {
            errors["limit"] = [$"1 to {MaxLimit}."];
        }

        if (cursor is not null && !Guid.TryParseExact(cursor, "N", out _))
        {
            errors["cursor"] = ["The nextCursor of an earlier page."];
        }

        if (errors.Count > 0)
        {
            return new Refusal(RefusalCodes.InvalidRequest, $"Not valid: {string.Join(", ", errors.Keys)}.", "Correct the parameters named under errors.", errors).ToProblem();
        }

        var take = limit ?? DefaultLimit;
        var query = db.Environments.AsNoTracking();
        if (status is not null)
        {
            query = query.Where(e => e.Status == wanted);
        }

        if (cursor is not null)
        {
            query = query.Where(e => string.Compare(e.Id, cursor) < 0);
        }

        // Ids begin with the time, so their order is the order of creation.
        var page = await query.OrderByDescending(e => e.Id).Take(take + 1).ToListAsync(cancellationToken);
        var ids = page.Select(e => e.Id).ToList();
        var quotes = await db.Set<Generation>().AsNoTracking().Where(g => ids.Contains(g.EnvironmentId))
            .Select(g => new { g.EnvironmentId, g.Quote }).ToDictionaryAsync(g => g.EnvironmentId, g => g.Quote, cancellationToken);
        return TypedResults.Ok(new Page<EnvironmentResponse>(
            [.. page.Take(take).Select(e => Response(e, folders) with { Quote = quotes.GetValueOrDefault(e.Id) })], page.Count > take ? page[take - 1].Id : null));
    }

    private static async Task<Results<Ok<EnvironmentResponse>, ProblemHttpResult>> Get(string id, EnvironmentGeneratorDb db, RunFolders folders, CancellationToken cancellationToken) =>
        await db.Environments.AsNoTracking().Include(e => e.Generation).FindAsync(id, cancellationToken) is { } environment
            ? TypedResults.Ok(Response(environment, folders))
            : Unknown(id);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Bundle(
        string id, EnvironmentGeneratorDb db, BlueprintCatalog blueprints, AwsAccess aws, CancellationToken cancellationToken)
    {
        if (await db.Environments.AsNoTracking().Include(e => e.Generation).FindAsync(id, cancellationToken) is not { } environment)
        {
            return Unknown(id);
        }

        if (environment is not { Generation: not null, ExpiresAt: { } expiresAt })
        {
            return Problems.Problem(RefusalCodes.InvalidState, $"The environment is {Wire.Name(environment.Status)}: its bundle is not rendered yet.", "Wait for the event EnvironmentPlanned.");
        }

        var files = RenderBundle.Files(
            await blueprints.OfAsync(environment, cancellationToken), environment,
            new BundleTarget(await Installation.IdAsync(db, cancellationToken), aws.SimulatedEndpoint), expiresAt);
        return TypedResults.File(RenderBundle.Zip(files), "application/zip", $"{environment.Name}.zip");
    }

    private static async Task<Results<Ok<CostForecast>, ProblemHttpResult>> Forecast(
        string id, string? until, EnvironmentGeneratorDb db, ForecastEnvironment forecast, CancellationToken cancellationToken)
    {
        var end = default(DateTimeOffset);
        if (until is not null && !DateTimeOffset.TryParse(until, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out end))
        {
            return new Refusal(
                RefusalCodes.InvalidRequest, "Not valid: until.", "Correct the parameters named under errors.",
                new Dictionary<string, string[]> { ["until"] = ["A time such as 2026-12-01T00:00:00Z."] }).ToProblem();
        }

        if (await db.Environments.AsNoTracking().Include(e => e.Generation).FindAsync(id, cancellationToken) is not { } environment)
        {
            return Unknown(id);
        }

        var answer = await forecast.ForAsync(environment, until is null ? null : end, cancellationToken);
        return answer.Refusal is { } refusal ? refusal.ToProblem() : TypedResults.Ok(answer.Forecast);
    }

    private static async Task<Results<Accepted<EnvironmentResponse>, ProblemHttpResult>> Apply(
        string id, [FromBody(EmptyBodyBehavior = Microsoft.AspNetCore.Mvc.ModelBinding.EmptyBodyBehavior.Allow)] ApplyRequest? request,
        ChangeEnvironment change, RunFolders folders, CancellationToken cancellationToken) =>
        Answer(id, await change.ApplyAsync(id, request?.AutoApprove ?? false, cancellationToken), folders);

    private static async Task<Results<Accepted<EnvironmentResponse>, ProblemHttpResult>> Delete(
        string id, bool? deleteData, ChangeEnvironment change, RunFolders folders, CancellationToken cancellationToken) =>
        Answer(id, await change.DestroyAsync(id, deleteData ?? false, cancellationToken), folders);

    internal static Results<Accepted<EnvironmentResponse>, ProblemHttpResult> Answer(string id, (GpuEnvironment? Environment, Refusal? Refusal) outcome, RunFolders folders) => outcome switch
    {
        { Refusal: { } refusal } => refusal.ToProblem(),
        { Environment: { } environment } => TypedResults.Accepted($"/api/v1/environments/{environment.Id}", Response(environment, folders)),
        _ => Unknown(id),
    };

    private static EnvironmentResponse Response(GpuEnvironment environment, RunFolders folders)
    {
        var bundle = folders.Bundle(environment);
        return environment.ToResponse(Directory.Exists(bundle) ? bundle : null);
    }

    private static string Printable(string text) => new([.. text.Take(64).Select(c => char.IsControl(c) ? ' ' : c)]);
}
