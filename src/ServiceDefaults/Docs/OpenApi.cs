using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Terradev.ServiceDefaults.Docs;

/// <summary>What the OpenAPI document says beyond the routes: title, key, and the shape of every refusal.</summary>
internal static class OpenApi
{
    private const string Bearer = "apiKey";

    public static void AddTerradevOpenApi(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer(Describe);
        options.AddOperationTransformer(AddRefusals);
        options.AddSchemaTransformer(DescribeProblem);
        options.AddSchemaTransformer(DescribeText);
    });

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Terradev API",
            Version = typeof(OpenApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
            Description = "A model, a dataset and a budget become a running GPU environment. Words are kebab-case, times RFC 3339 in UTC, money USD.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = $"The API key: {ApiKeys.EnvironmentVariable} of the server, or {ApiKeys.FileName} in its data directory.",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
        // The addresses are relative to where the document was read.
        document.Servers = [new OpenApiServer { Url = "/" }];
        return Task.CompletedTask;
    }

    private static async Task AddRefusals(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [];
        }

        var problem = await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), parameterDescription: null, cancellationToken);
        context.Document!.AddComponent(nameof(ProblemDetails), problem);
        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "A refusal: its code, the cause and the next step.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/problem+json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(nameof(ProblemDetails), context.Document) },
            },
        };
    }

    private static Task DescribeProblem(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(ProblemDetails) && schema.Properties is { } fields)
        {
            schema.Description = "RFC 9457 problem details.";
            foreach (var field in fields.Values.OfType<OpenApiSchema>())
            {
                field.Type &= ~JsonSchemaType.Null;
            }

            fields["code"] = Text("The kind of refusal, from a closed list.", Problems.Codes);
            fields["nextStep"] = Text("What the caller can do about it.");
            fields["traceId"] = Text("Finds the request in the server's log and traces.");
            fields["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Messages by request field, when the request itself is at fault.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            };
            schema.Required = new HashSet<string>(StringComparer.Ordinal) { "type", "title", "status", "detail", "code", "nextStep" };
        }

        return Task.CompletedTask;
    }

    // The dialect's own converters hide from the schema that these values are strings.
    private static Task DescribeText(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type.IsEnum)
        {
            // Where null is allowed the property says so; the words stay the same.
            schema.Type = JsonSchemaType.String;
            schema.Enum = Words(type);
        }
        else if (schema.Items is null && context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { IsEnum: true } element })
        {
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = Words(element) };
        }
        else if (type == typeof(DateTimeOffset))
        {
            schema.Type = type == context.JsonTypeInfo.Type ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
        }

        return Task.CompletedTask;
    }

    private static List<JsonNode> Words(Type type) => [.. Enum.GetNames(type).Select(name => (JsonNode)JsonNamingPolicy.KebabCaseLower.ConvertName(name))];

    private static OpenApiSchema Text(string description, IEnumerable<string>? words = null) => new()
    {
        Type = JsonSchemaType.String,
        Description = description,
        Enum = words is null ? null : [.. words.Select(word => (JsonNode)word)],
    };
}
