using Microsoft.AspNetCore.Http.HttpResults;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Offers;

internal static class OffersApi
{
    public static void MapOffersApi(this IEndpointRouteBuilder app)
    {
        var offers = app.MapGroup("/api/v1/offers").WithTags("offers");
        offers.MapGet("/", ListOffers)
            .WithName("ListOffers")
            .WithSummary("GPU instances with price, source and date")
            .WithDescription("Offers whose price is known. minGpuMemoryGiB is compared with what the provider reports, which is less than the name says: an L4 or A10G has 22.35 GiB. Words and names may be several, separated by commas; a '-' before the word of sort turns the order round.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Results<Ok<Page<Offer>>, ProblemHttpResult>> ListOffers(
        [AsParameters] OfferParameters parameters, OfferBook book, TimeProvider time, HttpRequest request, CancellationToken cancellationToken)
    {
        var snapshot = await book.CurrentAsync(cancellationToken);
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var query = OfferQuery.Parse(request.Query, snapshot, time.GetUtcNow(), errors);
        if (errors.Count > 0)
        {
            return new Refusal(
                RefusalCodes.InvalidRequest, "The query cannot be answered as it was put.", "Correct the fields in 'errors'.", errors).ToProblem();
        }

        return TypedResults.Ok(query.Answer(snapshot));
    }

    /// <summary>The query string as OpenAPI shows it; <see cref="OfferQuery"/> reads it, so that all faults are answered at once.</summary>
    private sealed record OfferParameters(
        string? Cloud, string? Region, string? Zone, string? InstanceType, string? Gpu, string? Vendor, string? MinGpuMemoryGiB, string? GpuCount, string? MinGpuCount, string? MaxGpuCount,
        string? Interconnect, string? MinComputeCapability, string? MinVcpus, string? MinMemoryGiB, string? Capacity, string? MaxHourly, string? Source, string? Confidence, string? MaxAgeDays,
        string? Sort, string? Limit, string? Cursor);
}
