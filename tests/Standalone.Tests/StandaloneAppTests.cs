using Microsoft.AspNetCore.Builder;

namespace Terradev.Standalone.Tests;

public sealed class StandaloneAppTests
{
    [Fact]
    public async Task It_listens_on_this_machine_only_unless_told_otherwise()
    {
        await using var app = StandaloneApp.Create([]);

        app.Configuration["urls"].ShouldBe("http://127.0.0.1:8080");
    }

    [Fact]
    public async Task An_address_that_is_given_wins()
    {
        await using var app = StandaloneApp.Create(["--urls", "http://127.0.0.1:9123"]);

        app.Configuration["urls"].ShouldBe("http://127.0.0.1:9123");
    }

    [Fact]
    public async Task The_folder_it_is_started_in_gives_no_settings()
    {
        await using var app = StandaloneApp.Create([]);

        app.Environment.ContentRootPath.TrimEnd('/').ShouldBe(AppContext.BaseDirectory.TrimEnd('/'));
    }
}
