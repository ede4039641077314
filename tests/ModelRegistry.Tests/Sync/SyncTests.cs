using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.Testing;

namespace Terradev.ModelRegistry.Tests.Sync;

public sealed class SyncTests : IAsyncLifetime
{
    private const int Pages = 3;
    private const int PerPage = 4;

    private readonly ConcurrentQueue<string> _asked = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("terradev-sync-").FullName;
    private FakeHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await FakeHub.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_pass_takes_over_every_page_and_tells_of_it_once(string store)
    {
        ServePages();
        await using var app = new RegistryApp(_hub, store);
        await using var scope = await app.ScopeAsync();

        var accepted = await app.Client.PostAsJsonAsync("/api/v1/models/sync", new { sources = new[] { "huggingface" } });
        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        accepted.Headers.Location.ShouldNotBeNull().ToString().ShouldEndWith("/api/v1/models/sync");
        var state = await UntilAsync(app, SyncStatus.Done);

        (state.Pages, state.Seen, state.Added, state.Updated).ShouldBe((Pages, Pages * PerPage, Pages * PerPage, 0));
        state.LastCompleteAt.ShouldNotBeNull();
        (await app.Client.GetFromJsonAsync<ModelPage>("/api/v1/models?search=listed&limit=100", TerradevJson.Options))!.Items.Count.ShouldBe(Pages * PerPage);

        var db = scope.ServiceProvider.GetRequiredService<ModelRegistryDb>();
        var told = JsonSerializer.Deserialize<ModelCatalogUpdated>((await db.Outbox.SingleAsync()).Body, TerradevJson.Options).ShouldNotBeNull();
        (told.Source, told.Sequence, told.Added).ShouldBe(("huggingface", 1, Pages * PerPage));
    }

    [Fact]
    public async Task The_next_pass_ends_where_the_last_one_began()
    {
        ServePages();
        await using var app = new RegistryApp(_hub);
        await SyncAsync(app);
        await UntilAsync(app, SyncStatus.Done);
        _asked.Clear();

        await SyncAsync(app);
        var state = await UntilAsync(app, SyncStatus.Done, _ => !_asked.IsEmpty);

        _asked.Count.ShouldBe(1);
        state.Added.ShouldBe(0);

        _asked.Clear();
        await SyncAsync(app, full: true);
        await UntilAsync(app, SyncStatus.Done, s => s.Pages == Pages && s.Updated == Pages * PerPage);
        _asked.Count.ShouldBe(Pages);
    }

    [Fact]
    public async Task A_service_that_is_stopped_goes_on_at_its_cursor()
    {
        var reached = new TaskCompletionSource();
        ServePages(async (page, context) =>
        {
            if (page == 1 && reached.TrySetResult())
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
            }
        });
        await using (var first = new RegistryApp(_hub, directory: _directory))
        {
            await SyncAsync(first);
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            await UntilAsync(first, SyncStatus.Running, state => state.Pages == 1);
        }

        _asked.Clear();
        await using var second = new RegistryApp(_hub, directory: _directory);
        var state = await UntilAsync(second, SyncStatus.Done);

        _asked.ShouldBe(["1", "2"]);
        (state.Pages, state.Added).ShouldBe((Pages, Pages * PerPage));
    }

    [Fact]
    public async Task A_hub_that_fails_is_waited_for_and_takes_nothing_away()
    {
        _hub.Serve("/api/models", "no", 503);
        await using var app = new RegistryApp(_hub);

        await SyncAsync(app);
        var state = await UntilAsync(app, SyncStatus.Waiting);

        state.Reason.ShouldNotBeNullOrEmpty();
        state.WaitUntil.ShouldNotBeNull();
        (await app.Client.GetFromJsonAsync<ModelPage>("/api/v1/models?search=bert", TerradevJson.Options))!.Items.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Pages_that_go_round_in_circles_end()
    {
        _hub.Serve("/api/models", """[{"id":"zoo/listed-1"}]""", 200, ("Link", "</api/models?page=7>; rel=\"next\""));
        await using var app = new RegistryApp(_hub);

        await SyncAsync(app);

        (await UntilAsync(app, SyncStatus.Waiting)).Reason.ShouldNotBeNull().ShouldContain("circles");
    }

    [Fact]
    public async Task A_hub_that_is_not_known_is_refused()
    {
        await using var app = new RegistryApp(_hub);
        await using var scope = await app.ScopeAsync();

        var response = await app.Client.PostAsJsonAsync("/api/v1/models/sync", new { sources = new[] { "huggingface", "kaggle" } });

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe(RefusalCodes.UnknownSource);
        (await app.Client.PostAsJsonAsync("/api/v1/models/sync", new { sauces = 1 })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await StateAsync(app)).Status.ShouldBe(SyncStatus.Idle);
    }

    private void ServePages(Func<int, HttpContext, Task>? before = null) => _hub.Serve("/api/models", async context =>
    {
        var page = int.TryParse(context.Request.Query["page"], out var number) ? number : 0;
        _asked.Enqueue($"{page}");
        if (before is not null)
        {
            await before(page, context);
        }

        if (page < Pages - 1)
        {
            // Another host's address, as of a hub behind a mirror.
            context.Response.Headers.Link = $"<https://huggingface.co/api/models?limit={PerPage}&page={page + 1}>; rel=\"next\"";
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsJsonAsync(Enumerable.Range(page * PerPage, PerPage).Select(n => new
        {
            id = $"zoo/listed-{n}",
            sha = "1",
            downloads = 10 * n,
            likes = n,
            lastModified = new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero).AddDays(-n),
            pipeline_tag = "text-generation",
        }));
    });

    private static async Task SyncAsync(RegistryApp app, bool full = false)
    {
        await using var ready = await app.ScopeAsync();
        (await app.Client.PostAsJsonAsync("/api/v1/models/sync", new { sources = new[] { "huggingface" }, full })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    private static async Task<SyncState> StateAsync(RegistryApp app) =>
        (await app.Client.GetFromJsonAsync<Page<SyncState>>("/api/v1/models/sync", TerradevJson.Options))!.Items.Single(state => state.Source == "huggingface");

    private static async Task<SyncState> UntilAsync(RegistryApp app, SyncStatus status, Func<SyncState, bool>? also = null)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        while (true)
        {
            await using var ready = await app.ScopeAsync();
            var state = await StateAsync(app);
            if (state.Status == status && also?.Invoke(state) != false)
            {
                return state;
            }

            deadline.IsCancellationRequested.ShouldBeFalse($"{state}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
