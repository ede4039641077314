using Microsoft.AspNetCore.Http.HttpResults;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Offers;

internal static class GpusApi
{
    private static readonly string[] Filters = ["cloud", "region", "capacity", "minMemoryGiB", "vendor"];

    private enum GpuSort
    {
        Name,
        Price,
        Memory,
        PricePerGpu,
    }

    public static void MapGpusApi(this IEndpointRouteBuilder app)
    {
        var gpus = app.MapGroup("/api/v1/gpus").WithTags("gpus");
        gpus.MapGet("/", ListGpus)
            .WithName("ListGpus")
            .WithSummary("GPU models with what they can, which instances have them, where and from what price")
            .WithDescription("sort is name, price, memory or price-per-gpu, with a '-' before it for the other direction; minMemoryGiB is of one GPU.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        gpus.MapGet("/{model}", GetGpu)
            .WithName("GetGpu")
            .WithSummary("A GPU model with the instances that have it, their regions and prices")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<Page<GpuDetail>>, ProblemHttpResult>> ListGpus(
        [AsParameters] GpuParameters parameters, OfferBook book, HttpRequest request, CancellationToken cancellationToken)
    {
        var snapshot = await book.CurrentAsync(cancellationToken);
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var fields = new QueryFields(request.Query, [.. Filters, "sort"], errors);
        var taken = Taken(fields, snapshot);
        var (sort, descending) = fields.Sort("sort", GpuSort.Name);
        if (errors.Count > 0)
        {
            return Invalid(errors);
        }

        var gpus = GpuList.Of(taken).OrderBy(gpu => gpu.Gpu.Model, StringComparer.Ordinal);
        return TypedResults.Ok(new Page<GpuDetail>([.. Sorted(gpus, sort, descending)], null));
    }

    private static async Task<Results<Ok<GpuDetail>, ProblemHttpResult>> GetGpu(
        string model, [AsParameters] GpuParameters parameters, OfferBook book, HttpRequest request, CancellationToken cancellationToken)
    {
        var snapshot = await book.CurrentAsync(cancellationToken);
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var taken = Taken(new QueryFields(request.Query, Filters, errors), snapshot);
        if (errors.Count > 0)
        {
            return Invalid(errors);
        }

        if (model.Length > ConstraintRules.MaxNameLength || (!snapshot.Gpus.Contains(model) && GpuModels.Find(model) is null))
        {
            var name = model.Length > ConstraintRules.MaxNameLength ? model[..ConstraintRules.MaxNameLength] : model;
            var known = snapshot.Gpus.Union(GpuModels.All.Select(gpu => gpu.Name), StringComparer.OrdinalIgnoreCase);
            return Problems.Problem(RefusalCodes.NotFound, $"No GPU is called '{name}'. Closest: {Words.List(CloseNames.To(name, known))}.", "GET /api/v1/gpus lists the GPUs.");
        }

        return TypedResults.Ok(GpuList.Detail(model, [.. taken.Where(offer => string.Equals(offer.Gpu.Model, model, StringComparison.OrdinalIgnoreCase))]));
    }

    private static IEnumerable<Offer> Taken(QueryFields fields, OfferSnapshot snapshot)
    {
        var (clouds, regions, capacities) = (fields.Words<Cloud>("cloud"), fields.Names("region"), fields.Words<Capacity>("capacity"));
        var (vendors, memory) = (fields.Names("vendor"), fields.Number("minMemoryGiB") * 1024);
        return snapshot.Priced.Where(offer =>
            (clouds is null || clouds.Contains(offer.Cloud))
            && (regions is null || regions.Contains(offer.Region, StringComparer.OrdinalIgnoreCase))
            && (capacities is null || capacities.Contains(offer.Capacity))
            && (vendors is null || vendors.Contains(offer.Gpu.Vendor, StringComparer.OrdinalIgnoreCase))
            && (memory is null || offer.Gpu.MemoryMiB >= memory));
    }

    private static IEnumerable<GpuDetail> Sorted(IOrderedEnumerable<GpuDetail> byName, GpuSort sort, bool descending)
    {
        if (sort == GpuSort.Name)
        {
            return descending ? byName.Reverse() : byName;
        }

        decimal Key(GpuSummary gpu) => sort switch
        {
            GpuSort.Memory => gpu.MemoryMiB,
            GpuSort.Price => Least(gpu.CheapestOnDemand?.PricePerHour, gpu.CheapestSpot?.PricePerHour),
            _ => Least(gpu.OnDemandPerGpu, gpu.SpotPerGpu),
        };
        return descending ? byName.OrderByDescending(detail => Key(detail.Gpu)) : byName.OrderBy(detail => Key(detail.Gpu));
    }

    private static decimal Least(decimal? a, decimal? b) => Math.Min(a ?? decimal.MaxValue, b ?? decimal.MaxValue);

    private static ProblemHttpResult Invalid(Dictionary<string, string[]> errors) => new Refusal(
        RefusalCodes.InvalidRequest, "The query cannot be answered as it was put.", "Correct the fields in 'errors'.", errors).ToProblem();

    /// <summary>The query string as OpenAPI shows it; <see cref="QueryFields"/> reads it, so that all faults are answered at once.</summary>
    private sealed record GpuParameters(string? Cloud, string? Region, string? Capacity, string? MinMemoryGiB, string? Vendor, string? Sort);
}
