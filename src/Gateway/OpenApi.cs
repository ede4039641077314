using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Terradev.Gateway;

/// <summary>Reads the OpenAPI document of a service from the first of its replicas that answers.</summary>
internal sealed class OpenApiDocuments(HttpClient http, IProxyStateLookup proxy)
{
    /// <summary>Null where no replica answers with a document.</summary>
    public async Task<JsonObject?> ReadAsync(string service, CancellationToken cancellationToken)
    {
        var destinations = proxy.TryGetCluster(service, out var cluster) ? cluster.Destinations.Values : [];
        foreach (var destination in destinations.OrderBy(destination => destination.Health.Active is DestinationHealth.Healthy ? 0 : 1))
        {
            try
            {
                var address = new Uri(new Uri(destination.Model.Config.Address), "openapi/v1.json");
                return JsonNode.Parse(await http.GetStringAsync(address, cancellationToken)) as JsonObject;
            }
            catch (Exception exception) when (exception is HttpRequestException or JsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // The next replica may do better; a service without any is named in the merged document.
            }
        }

        return null;
    }
}

/// <summary>One document for the whole API, merged from the services' own and kept for some seconds.</summary>
public sealed class MergedOpenApi(IServiceScopeFactory scopes, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);
    private static readonly string[] Sections = ["schemas", "securitySchemes", "responses", "parameters", "requestBodies", "headers", "examples", "links", "callbacks"];
    private volatile Kept? _kept;

    public static async Task<ContentHttpResult> GetAsync(MergedOpenApi documents, CancellationToken cancellationToken) =>
        TypedResults.Content(await documents.ReadAsync(cancellationToken), "application/json;charset=utf-8");

    /// <summary>Merges documents by service; a null document is named under <c>x-unavailable</c>.</summary>
    public static JsonObject Merge(IReadOnlyList<(string Service, JsonObject? Document)> parts)
    {
        var merged = new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = parts.Select(part => part.Document?["info"]).FirstOrDefault(info => info is not null)?.DeepClone() ?? new JsonObject { ["title"] = "Terradev", ["version"] = "v1" },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["paths"] = new JsonObject(),
            ["components"] = new JsonObject(),
            ["tags"] = new JsonArray(),
        };
        foreach (var (service, document) in parts)
        {
            if (document is not null)
            {
                Add(merged, service, document);
            }
        }

        if (parts.Where(part => part.Document is null).Select(part => (JsonNode)part.Service).ToArray() is { Length: > 0 } missing)
        {
            merged["x-unavailable"] = new JsonArray(missing);
        }

        return merged;
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        if (_kept is { } kept && time.GetElapsedTime(kept.At) < MaxAge)
        {
            return kept.Json;
        }

        await using var scope = scopes.CreateAsyncScope();
        var reader = scope.ServiceProvider.GetRequiredService<OpenApiDocuments>();
        var documents = await Task.WhenAll(Routes.Services.Select(async service => (service, await reader.ReadAsync(service, cancellationToken))));
        var json = Merge(documents).ToJsonString();
        _kept = new(json, time.GetTimestamp());
        return json;
    }

    private static void Add(JsonObject merged, string service, JsonObject document)
    {
        var renamed = Renamed(merged, service, document);
        document = (JsonObject)Rename(document, renamed)!;
        foreach (var section in Sections)
        {
            foreach (var (name, value) in document["components"]?[section] as JsonObject ?? [])
            {
                Child(merged["components"]!.AsObject(), section).TryAdd(renamed.GetValueOrDefault($"#/components/{section}/{name}", name), value?.DeepClone());
            }
        }

        foreach (var (path, operations) in document["paths"] as JsonObject ?? [])
        {
            foreach (var (method, operation) in operations as JsonObject ?? [])
            {
                Child(merged["paths"]!.AsObject(), path).TryAdd(method, operation?.DeepClone());
            }
        }

        var tags = merged["tags"]!.AsArray();
        foreach (var tag in document["tags"] as JsonArray ?? [])
        {
            if (!tags.Any(known => JsonNode.DeepEquals(known?["name"], tag?["name"])))
            {
                tags.Add(tag?.DeepClone());
            }
        }

        if (document["security"] is { } security)
        {
            merged["security"] ??= security.DeepClone();
        }
    }

    // Two services may mean different things by one name; the later one's then carries the service's name.
    private static Dictionary<string, string> Renamed(JsonObject merged, string service, JsonObject document)
    {
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var section in Sections)
        {
            foreach (var (name, value) in document["components"]?[section] as JsonObject ?? [])
            {
                if (merged["components"]![section] is JsonObject known && known.TryGetPropertyValue(name, out var other) && !JsonNode.DeepEquals(other, value))
                {
                    renamed[$"#/components/{section}/{name}"] = $"{service}.{name}";
                }
            }
        }

        return renamed;
    }

    private static JsonNode? Rename(JsonNode? node, Dictionary<string, string> renamed) => node switch
    {
        _ when renamed.Count == 0 => node,
        JsonObject fields => new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, field is { Key: "$ref", Value: JsonValue reference }
            && renamed.TryGetValue(reference.ToString(), out var name)
                ? reference.ToString()[..(reference.ToString().LastIndexOf('/') + 1)] + name
                : Rename(field.Value, renamed)))),
        JsonArray items => new JsonArray([.. items.Select(item => Rename(item, renamed))]),
        _ => node?.DeepClone(),
    };

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
        {
            parent[name] = child = [];
        }

        return child;
    }

    private sealed record Kept(string Json, long At);
}
