using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Terradev.ServiceDefaults.Tests;

public sealed class ApiKeyTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer td_tes")]
    [InlineData("Bearer td_test2")]
    [InlineData("Bearer TD_TEST")]
    [InlineData("Basic td_test")]
    [InlineData("td_test")]
    public async Task A_call_without_the_key_is_refused(string? header)
    {
        await using var service = await Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who");
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", header);
        }

        var response = await service.Anonymous.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Bearer");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("code").GetString().ShouldBe("unauthorized");
        problem.GetProperty("nextStep").GetString()!.ShouldContain("Authorization: Bearer");
    }

    [Theory]
    [InlineData("Bearer td_test")]
    [InlineData("bearer td_test")]
    public async Task The_key_names_its_holder(string header)
    {
        await using var service = await Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who");
        request.Headers.TryAddWithoutValidation("Authorization", header);
        var response = await service.Anonymous.SendAsync(request);
        (await response.Content.ReadFromJsonAsync<string>()).ShouldBe("admin");
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/docs")]
    [InlineData("/docs/scalar.js")]
    [InlineData("/docs/start.js")]
    public async Task Health_and_docs_need_no_key(string path)
    {
        await using var service = await Start();
        (await service.Anonymous.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_a_configured_key_one_is_made_and_kept()
    {
        var data = Directory.CreateTempSubdirectory("terradev-test-");
        var settings = new Dictionary<string, string?> { [ApiKeys.EnvironmentVariable] = " ", ["Terradev:DataDirectory"] = data.FullName };
        string first;
        await using (var service = await TestService.StartAsync(settings: settings))
        {
            first = service.Services.GetRequiredService<ApiKeys>().Admin;
        }

        await using (var again = await TestService.StartAsync(settings: settings))
        {
            again.Services.GetRequiredService<ApiKeys>().Admin.ShouldBe(first);
        }

        first.ShouldMatch("^td_[0-9a-f]{48}$");
        (await File.ReadAllTextAsync(Path.Combine(data.FullName, ApiKeys.FileName))).ShouldBe(first);
        data.Delete(recursive: true);
    }

    private static Task<TestService> Start() =>
        TestService.StartAsync(map: app => app.MapGet("/who", (HttpContext context) => TypedResults.Ok(context.User.Identity!.Name)));
}
