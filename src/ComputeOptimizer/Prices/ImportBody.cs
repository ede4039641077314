using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Says in the API's description what the body of an import may be, which is read by hand.</summary>
internal static class ImportBody
{
    public static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var request = await context.GetOrCreateSchemaAsync(typeof(PriceImportRequest), parameterDescription: null, cancellationToken);
        var text = new OpenApiSchema { Type = JsonSchemaType.String };
        var file = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "A price list of at most 64 MiB, or as JSON where to fetch one.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["text/csv"] = new() { Schema = text },
                ["application/octet-stream"] = new() { Schema = file },
                ["application/json"] = new() { Schema = request },
                ["multipart/form-data"] = new()
                {
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) { ["file"] = file } },
                },
            },
        };
    }
}
