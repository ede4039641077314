using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.SystemTests.Processes;

namespace Terradev.SystemTests.Services;

/// <summary>The public API as a caller uses it.</summary>
internal sealed class TerradevApi : IDisposable
{
    public TerradevApi(string address)
    {
        Http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(60) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ServiceProcess.ApiKey);
    }

    public HttpClient Http { get; }

    /// <summary>A small request that fits the budget of every offer that can run it.</summary>
    public static EnvironmentRequest Bert(string name) => new()
    {
        Name = name,
        Model = "huggingface:google-bert/bert-base-uncased",
        Dataset = "huggingface:stanfordnlp/imdb",
        Budget = new Budget { MaxHourly = 1.00m },
        MaxRuntimeHours = 6,
        AutoApprove = true,
    };

    public async Task<EnvironmentResponse> CreateAsync(EnvironmentRequest request)
    {
        using var answer = await Http.PostAsJsonAsync("/api/v1/environments", request, TerradevJson.Options);
        var body = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(202, body);
        var environment = JsonSerializer.Deserialize<EnvironmentResponse>(body, TerradevJson.Options)!;
        answer.Headers.Location.ShouldNotBeNull().ToString().ShouldEndWith($"/api/v1/environments/{environment.Id}");
        return environment;
    }

    public Task<HttpResponseMessage> PostTextAsync(string body, string mediaType = "application/json") =>
        Http.PostAsync("/api/v1/environments", new StringContent(body, Encoding.UTF8, mediaType));

    public async Task<EnvironmentResponse> GetAsync(string id) =>
        (await Http.GetFromJsonAsync<EnvironmentResponse>($"/api/v1/environments/{id}", TerradevJson.Options))!;

    public async Task<IReadOnlyList<EnvironmentResponse>> ListAsync() =>
        (await Http.GetFromJsonAsync<Page<EnvironmentResponse>>("/api/v1/environments?limit=1000", TerradevJson.Options))!.Items;

    public async Task<RunResponse> RunAsync(string id, int number) =>
        (await Http.GetFromJsonAsync<RunResponse>($"/api/v1/environments/{id}/runs/{number}", TerradevJson.Options))!;

    public async Task DeleteAsync(string id)
    {
        using var answer = await Http.DeleteAsync($"/api/v1/environments/{id}");
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    public Task<EnvironmentResponse> ReachesAsync(string id, EnvironmentStatus status, TimeSpan deadline) =>
        ReachesAnyAsync(id, deadline, status);

    public Task<EnvironmentResponse> ReachesAnyAsync(string id, TimeSpan deadline, params EnvironmentStatus[] statuses) =>
        WaitAsync(id, deadline, environment => statuses.Contains(environment.Status), string.Join(" or ", statuses));

    public Task<EnvironmentResponse> HasPlanAsync(string id, TimeSpan deadline) =>
        WaitAsync(id, deadline, environment => environment.Plan is not null, "planned");

    // A status that the environment cannot leave by itself ends the wait.
    private async Task<EnvironmentResponse> WaitAsync(string id, TimeSpan deadline, Func<EnvironmentResponse, bool> condition, string goal)
    {
        EnvironmentResponse? last = null;
        return await Until.ValueAsync(
            async () =>
            {
                last = await TryGetAsync(id) ?? last;
                if (last is not null && condition(last))
                {
                    return last;
                }

                return last is { Status: EnvironmentStatus.Failed or EnvironmentStatus.Quarantined or EnvironmentStatus.Destroyed, Desired: not DesiredState.Destroyed }
                    ? throw new InvalidOperationException($"The environment is {last.Status}: {last.Reason?.Code} {last.Reason?.Detail}")
                    : null;
            },
            deadline,
            () => $"the environment is {last?.Status}, not {goal}: {last?.Reason?.Code} {last?.Reason?.Detail}");
    }

    /// <summary>The environment's events from the server-sent stream, those after <paramref name="lastEventId"/>, until <paramref name="last"/> is seen.</summary>
    public async Task<List<SseItem<JsonElement>>> EventsAsync(string id, string? lastEventId, Func<SseItem<JsonElement>, bool> last, TimeSpan deadline)
    {
        using var late = new CancellationTokenSource(deadline);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/environments/{id}/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        using var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token);
        answer.EnsureSuccessStatusCode();
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        await using var stream = await answer.Content.ReadAsStreamAsync(late.Token);
        var events = new List<SseItem<JsonElement>>();
        await foreach (var item in SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize<JsonElement>(data)).EnumerateAsync(late.Token))
        {
            events.Add(item);
            if (last(item))
            {
                break;
            }
        }

        return events;
    }

    public void Dispose() => Http.Dispose();

    // Bad days make single calls fail; the wait's deadline decides when that is too long.
    private async Task<EnvironmentResponse?> TryGetAsync(string id)
    {
        using var answer = await Http.GetAsync($"/api/v1/environments/{id}");
        return (int)answer.StatusCode >= 500
            ? null
            : await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<EnvironmentResponse>(TerradevJson.Options);
    }
}
