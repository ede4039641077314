using Microsoft.AspNetCore.Http.HttpResults;
using Terradev.Contracts.ModelRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Artifacts;

internal static class ArtifactsApi
{
    public static void MapArtifactsApi(this IEndpointRouteBuilder app)
    {
        var models = app.MapGroup("/api/v1/models").WithTags("Models");
        models.MapPost("/verify", Verify).WithName("VerifyModelCopy").WithSummary("Compare the sizes and checksums of a copy's files with those that the catalogue recorded");
    }

    private static async Task<Results<Ok<CopyReport>, ProblemHttpResult>> Verify(VerifyRequest request, VerifyCopy verify, CancellationToken cancellationToken)
    {
        var (report, refusal) = await verify.RunAsync(request, cancellationToken);
        return report is not null ? TypedResults.Ok(report) : refusal!.ToProblem();
    }
}
