using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Terradev.Gateway.Tests;

public sealed class OpenApiTests
{
    [Fact]
    public async Task The_documents_of_all_services_are_one_and_a_missing_one_is_named()
    {
        await using var models = await Documented("/api/v1/models", """{"Shared":{"type":"string"},"Model":{"type":"object"}}""");
        await using var offers = await Documented("/api/v1/offers", """{"Shared":{"type":"string"},"Offer":{"type":"object"}}""");
        await using var silent = await Upstream.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await using var gateway = GatewayApp.Over(silent.Address, ("modelregistry", models.Address), ("computeoptimizer", offers.Address));
        using var client = gateway.Start(key: null);

        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        document.GetProperty("info").GetProperty("title").GetString().ShouldBe("Terradev API");
        Names(document.GetProperty("paths")).ShouldBe(["/api/v1/models", "/api/v1/offers"]);
        Names(document.GetProperty("components").GetProperty("schemas")).ShouldBe(["Shared", "Model", "Offer"]);
        document.GetProperty("x-unavailable").EnumerateArray().Select(service => service.GetString()).ShouldBe(["datasetregistry", "environmentgenerator"]);
    }

    [Fact]
    public void One_name_with_two_meanings_keeps_both()
    {
        var merged = Merge(
            Document("/a", """{"Thing":{"type":"string"},"Box":{"items":{"$ref":"#/components/schemas/Thing"}}}"""),
            Document("/b", """{"Thing":{"type":"integer"},"Crate":{"items":{"$ref":"#/components/schemas/Thing"}}}"""));

        var schemas = merged["components"]!["schemas"]!;
        schemas["Thing"]!["type"]!.GetValue<string>().ShouldBe("string");
        schemas["second.Thing"]!["type"]!.GetValue<string>().ShouldBe("integer");
        schemas["Box"]!["items"]!["$ref"]!.GetValue<string>().ShouldBe("#/components/schemas/Thing");
        schemas["Crate"]!["items"]!["$ref"]!.GetValue<string>().ShouldBe("#/components/schemas/second.Thing");
        merged["paths"]!["/b"]!["get"]!["responses"]!["200"]!["schema"]!["$ref"]!.GetValue<string>().ShouldBe("#/components/schemas/second.Thing");
        merged["paths"]!["/a"]!["get"]!["responses"]!["200"]!["schema"]!["$ref"]!.GetValue<string>().ShouldBe("#/components/schemas/Thing");
    }

    [Fact]
    public void Methods_of_one_path_from_two_services_are_joined_and_tags_named_once()
    {
        var merged = Merge(
            JsonNode.Parse("""{"paths":{"/a":{"get":{}}},"tags":[{"name":"t"}],"security":[{"apiKey":[]}]}""")!.AsObject(),
            JsonNode.Parse("""{"paths":{"/a":{"post":{}}},"tags":[{"name":"t"},{"name":"u"}],"security":[{"apiKey":[]}]}""")!.AsObject());

        merged["paths"]!["/a"]!.AsObject().Select(method => method.Key).ShouldBe(["get", "post"]);
        merged["tags"]!.ToJsonString().ShouldBe("""[{"name":"t"},{"name":"u"}]""");
        merged["security"]!.ToJsonString().ShouldBe("""[{"apiKey":[]}]""");
        merged.ContainsKey("x-unavailable").ShouldBeFalse();
    }

    private static JsonObject Merge(JsonObject first, JsonObject second) => MergedOpenApi.Merge([("first", first), ("second", second)]);

    private static JsonObject Document(string path, string schemas) => JsonNode.Parse($$"""
        {"openapi":"3.1.1","info":{"title":"Terradev API","version":"1.2.3"},"components":{"schemas":{{schemas}}},
         "paths":{"{{path}}":{"get":{"responses":{"200":{"schema":{"$ref":"#/components/schemas/Thing"} } } } } } }
        """)!.AsObject();

    private static Task<Upstream> Documented(string path, string schemas) => Upstream.StartAsync(context => context.Response.WriteAsync(
        context.Request.Path == "/openapi/v1.json" ? Document(path, schemas).ToJsonString() : ""));

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(field => field.Name);
}
