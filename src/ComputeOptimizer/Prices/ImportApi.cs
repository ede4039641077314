using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Prices;

internal static class ImportApi
{
    private const string Address = "/api/v1/offers/imports";
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;

    public static void MapImportApi(this IEndpointRouteBuilder app)
    {
        var offers = app.MapGroup("/api/v1/offers").WithTags("offers").WaitForStore<ComputeOptimizerDb>();
        offers.MapPost("/import", PostImport)
            .WithName("ImportOffers")
            .WithSummary("Import a price list: SkyPilot's vms.csv or gpuhunt's items, as the body, as a file of a form, or from an address")
            .WithDescription("The prices replace those that were imported under the same source before; what a rule does not believe is kept out and listed. The same list again changes nothing.")
            .WithMetadata(new RequestSizeLimitAttribute(PriceFileLimits.Bytes))
            .DisableAntiforgery()
            .AddOpenApiOperationTransformer(ImportBody.DescribeAsync)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .ProducesProblem(StatusCodes.Status504GatewayTimeout);
        offers.MapGet("/imports", ListImports).WithName("ListImports").WithSummary("Imports of prices, newest first");
        offers.MapGet("/imports/{snapshot:long}", GetImport).WithName("GetImport").WithSummary("The report of an import");
        offers.MapGet("/imports/{snapshot:long}/quarantine", ListQuarantine).WithName("ListQuarantine").WithSummary("The prices that an import kept out, the first 1,000 of them");
        offers.MapGet("/history", ListHistory).WithName("ListPriceHistory").WithSummary("What an instance type cost over time, newest first");
    }

    private static async Task<Results<Created<PriceImportReport>, ProblemHttpResult>> PostImport(
        HttpRequest request, [AsParameters] ImportParameters parameters, ImportPriceList import, CancellationToken cancellationToken)
    {
        try
        {
            var report = await import.ImportAsync(request, cancellationToken);
            return TypedResults.Created($"{Address}/{report.Snapshot}", report);
        }
        catch (PriceSourceException exception)
        {
            return exception.Refusal.ToProblem();
        }
    }

    private static async Task<Results<Ok<Page<PriceImportReport>>, ProblemHttpResult>> ListImports(
        ComputeOptimizerDb db, string? source, int? limit, string? cursor, CancellationToken cancellationToken)
    {
        if (Cursor.Read(limit, MaxLimit, cursor, out var before) is { } fault)
        {
            return fault.ToProblem();
        }

        var take = limit ?? DefaultLimit;
        var found = await db.Snapshots.AsNoTracking()
            .Where(snapshot => snapshot.Id < before && (source == null || snapshot.Source == source))
            .OrderByDescending(snapshot => snapshot.Id).Take(take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Cursor.Page(found, take, snapshot => snapshot.ToReport([]), snapshot => snapshot.Id));
    }

    private static async Task<Results<Ok<PriceImportReport>, ProblemHttpResult>> GetImport(ComputeOptimizerDb db, long snapshot, CancellationToken cancellationToken)
    {
        var found = await db.Snapshots.AsNoTracking().SingleOrDefaultAsync(x => x.Id == snapshot, cancellationToken);
        if (found is null)
        {
            return NotFound(snapshot);
        }

        var quarantined = await db.Quarantined.AsNoTracking().Where(row => row.SnapshotId == snapshot).OrderBy(row => row.Id).Take(ImportPrices.QuarantinedInReport).ToListAsync(cancellationToken);
        return TypedResults.Ok(found.ToReport([.. quarantined.Select(row => row.ToResponse())]));
    }

    private static async Task<Results<Ok<Page<QuarantinedPrice>>, ProblemHttpResult>> ListQuarantine(
        ComputeOptimizerDb db, long snapshot, int? limit, string? cursor, CancellationToken cancellationToken)
    {
        if (Cursor.Read(limit, MaxLimit, cursor, out var before) is { } fault)
        {
            return fault.ToProblem();
        }

        if (!await db.Snapshots.AnyAsync(x => x.Id == snapshot, cancellationToken))
        {
            return NotFound(snapshot);
        }

        // In the order of the file, so that a cursor is the last one that was shown.
        var after = cursor is null ? 0 : before;
        var take = limit ?? DefaultLimit;
        var found = await db.Quarantined.AsNoTracking().Where(row => row.SnapshotId == snapshot && row.Id > after).OrderBy(row => row.Id).Take(take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Cursor.Page(found, take, row => row.ToResponse(), row => row.Id));
    }

    private static async Task<Results<Ok<Page<PricePoint>>, ProblemHttpResult>> ListHistory(
        ComputeOptimizerDb db, string? cloud, string? instanceType, string? region, string? capacity, int? limit, string? cursor, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var (isCloud, isCapacity) = (Wire.TryParse<Cloud>(cloud, out var wantedCloud), Wire.TryParse<Capacity>(capacity, out var wantedCapacity));
        Require(isCloud, "cloud", $"It must be one of {string.Join(", ", Wire.Names<Cloud>())}.");
        Require(instanceType is not null && PriceText.IsName(instanceType), "instanceType", "Name an instance type as the cloud spells it.");
        Require(region is null || PriceText.IsName(region), "region", "Name a region as the cloud spells it.");
        Require(capacity is null || isCapacity, "capacity", $"It must be one of {string.Join(", ", Wire.Names<Capacity>())}.");
        if (errors.Count > 0)
        {
            return new Refusal(RefusalCodes.InvalidRequest, "The query cannot be answered as it was put.", "Correct the fields in 'errors'.", errors).ToProblem();
        }

        if (Cursor.Read(limit, MaxLimit, cursor, out var before) is { } fault)
        {
            return fault.ToProblem();
        }

        var take = limit ?? DefaultLimit;
        var found = await db.Offers.AsNoTracking()
            .Where(row => row.Id < before && row.Cloud == wantedCloud && row.InstanceType == instanceType && (region == null || row.Region == region) && (capacity == null || row.Capacity == wantedCapacity))
            .OrderByDescending(row => row.Id).Take(take + 1)
            .Join(db.Snapshots, row => row.SnapshotId, snapshot => snapshot.Id, (row, snapshot) => new { Row = row, Snapshot = snapshot })
            .OrderByDescending(x => x.Row.Id)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Cursor.Page(found, take, x => x.Row.ToPoint(x.Snapshot), x => x.Row.Id));

        void Require(bool holds, string field, string message)
        {
            if (!holds)
            {
                errors[field] = [message];
            }
        }
    }

    private static ProblemHttpResult NotFound(long snapshot) =>
        Problems.Problem(RefusalCodes.NotFound, $"There is no import {snapshot}.", $"Look at GET {Address}.");

    /// <summary>The query of an upload as OpenAPI shows it; <see cref="ImportClaims"/> reads it, so that all faults are answered at once.</summary>
    private sealed record ImportParameters(
        [FromQuery(Name = "format")] string? Format, [FromQuery(Name = "cloud")] string? Cloud, [FromQuery(Name = "source")] string? Source, [FromQuery(Name = "asOf")] string? AsOf);
}
