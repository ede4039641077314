using System.Net;
using Microsoft.Extensions.Options;
using Terradev.ModelRegistry.Catalog;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>
/// PyTorch Hub, which is a repository on GitHub with a page for each model. An id is a page, such as <c>pytorch_vision_resnet</c>, or an entry point of
/// any repository with a <c>hubconf.py</c>, such as <c>pytorch/vision/resnet50</c>.
/// </summary>
public sealed class PyTorchHub(IGitHubApi api, IGitHubFiles files, TimeProvider time, ILogger<PyTorchHub> logger) : IModelHub
{
    public const string Name = PyTorchHubCatalog.Source;
    public const string ApiClient = "modelregistry-pytorch-hub-api";
    public const string FilesClient = "modelregistry-pytorch-hub-files";

    private const string Branch = "master";
    private const int PageSize = 25;
    private const int AtOnce = 5;

    private static readonly GitHubReference Pages = new("pytorch/hub", Branch);

    public string Source => Name;

    /// <summary>One request for the list of pages, which costs nothing while it has not changed, then the pages' text and one request for each repository's stars.</summary>
    public Task<HubAnswer<HubPage>> ListAsync(CatalogPosition position, CancellationToken cancellationToken) => AskAsync("its catalogue", async () =>
    {
        var place = position.Cursor is null ? null : GitHubPlace.Read(position.Cursor);
        if (position.Cursor is not null && place is null)
        {
            return HubAnswer.Unavailable<HubPage>("The cursor is none of this hub's.");
        }

        var response = await api.GetTreeAsync(place?.Tree ?? Branch, place is null ? position.Mark : null, cancellationToken);
        if (response.ResponseMessage.StatusCode == HttpStatusCode.NotModified && place is null)
        {
            return HubAnswer.Found(new HubPage([], null, []) { Mark = position.Mark });
        }

        if (!response.ResponseMessage.IsSuccessStatusCode)
        {
            return HubRefusal.Of<HubPage>(response.ResponseMessage, time);
        }

        var tree = GitHubTree.Read(response.GetContent());
        place ??= new GitHubPlace(tree.Sha, 0, GitHubPlace.TagOf(response.ResponseMessage));
        return await PageAsync(tree, place, HubRefusal.Wait(response.ResponseMessage, time), cancellationToken);
    });

    public Task<HubAnswer<HubModel>> FindAsync(string id, CancellationToken cancellationToken) => HubCall.InTimeAsync(
        deadline => id.Split('/') switch
        {
            [var page] => FindPageAsync(page, deadline),
            [var owner, var name, var entryPoint] when GitHubReference.Read($"{owner}/{name}") is { } repository => FindEntryPointAsync(repository, entryPoint, deadline),
            _ => Task.FromResult(new HubAnswer<HubModel>(HubOutcome.Unknown, null, "The hub has no such model; ids are the names of its pages or owner/repository/entry-point.")),
        },
        cancellationToken);

    private async Task<HubAnswer<HubPage>> PageAsync(GitHubTree tree, GitHubPlace place, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var entries = tree.Pages.Skip(place.Done).Take(PageSize).ToArray();
        List<string> skipped = place.Done == 0 ? [.. tree.Skipped] : [];
        List<(PyTorchHubPage Page, string Blob)> pages = [];
        foreach (var (entry, text) in await EachAsync(entries, entry => FileAsync(Pages, $"{entry.Id}.md", cancellationToken)))
        {
            if (text.Outcome is HubOutcome.Unavailable)
            {
                return HubAnswer.Unavailable<HubPage>(text.Reason) with { RetryAfter = text.RetryAfter };
            }

            var reason = "it is gone";
            if (text.Value is { } file && PyTorchHubPage.Read(entry.Id, file, out reason) is { } page)
            {
                pages.Add((page, entry.Blob));
            }
            else
            {
                skipped.Add($"{entry.Id}.md: {reason}.");
            }
        }

        Dictionary<string, GitHubRepository> repositories = new(StringComparer.OrdinalIgnoreCase);
        var names = pages.Select(entry => entry.Page.Starred).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        foreach (var (name, repository) in await EachAsync(names, name => RepositoryAsync(name, cancellationToken)))
        {
            if (repository is { Outcome: HubOutcome.Unavailable, RetryAfter: not null })
            {
                return HubAnswer.Unavailable<HubPage>(repository.Reason) with { RetryAfter = repository.RetryAfter };
            }

            wait = repository.RetryAfter > (wait ?? TimeSpan.Zero) ? repository.RetryAfter : wait;
            if (repository.Value is { } found)
            {
                repositories[name] = found;
            }
            else
            {
                Log.WithoutPart(logger, name, "its stars", repository.Reason);
            }
        }

        var done = place with { Done = place.Done + entries.Length };
        return HubAnswer.Found(new HubPage(
            [.. pages.Select(entry => PyTorchHubModels.Of(entry.Page, entry.Blob, repositories.GetValueOrDefault(entry.Page.Starred ?? ""), null, time.GetUtcNow()))],
            done.Done < tree.Pages.Count && entries.Length > 0 ? done.ToString() : null,
            skipped)
        { Mark = done.EntityTag, Wait = wait ?? TimeSpan.Zero });
    }

    private async Task<HubAnswer<HubModel>> FindPageAsync(string id, CancellationToken cancellationToken)
    {
        // GitHub tells capitals apart, and callers do not.
        var exact = Snapshot.Shipped.Find(Name, id)?.Id ?? id;
        var text = await FileAsync(Pages, $"{exact}.md", cancellationToken);
        if (text.Value is not { } file)
        {
            return new HubAnswer<HubModel>(text.Outcome, null, text.Reason) { RetryAfter = text.RetryAfter };
        }

        if (PyTorchHubPage.Read(exact, file, out var reason) is not { } page)
        {
            return HubAnswer.Unavailable<HubModel>($"The hub's page cannot be read: {reason}.");
        }

        var repository = page.Starred is { } name ? (await RepositoryAsync(name, cancellationToken)).Value : null;
        HubConf? hubConf = null;
        if (page.Source is { } source)
        {
            var conf = await FileAsync(source, "hubconf.py", cancellationToken);
            hubConf = conf.Value is null ? null : HubConf.Read(conf.Value);
            if (hubConf is null)
            {
                Log.WithoutPart(logger, exact, "its hubconf.py", conf.Reason);
            }
        }

        return HubAnswer.Found(PyTorchHubModels.Of(page, null, repository, hubConf, time.GetUtcNow()));
    }

    private async Task<HubAnswer<HubModel>> FindEntryPointAsync(GitHubReference repository, string entryPoint, CancellationToken cancellationToken)
    {
        var text = await FileAsync(repository, "hubconf.py", cancellationToken);
        if (text.Value is not { } file)
        {
            return new HubAnswer<HubModel>(text.Outcome, null, text.Reason) { RetryAfter = text.RetryAfter };
        }

        var hubConf = HubConf.Read(file);
        var shipped = Snapshot.Shipped.Find(Name, $"{repository}/{entryPoint}");
        if (!hubConf.HasMore && !hubConf.EntryPoints.Contains(entryPoint, StringComparer.Ordinal))
        {
            // torchvision has models that its hubconf.py leaves out; the shipped table knows them.
            return shipped is null
                ? new HubAnswer<HubModel>(HubOutcome.Unknown, null, $"hubconf.py of {repository} has no entry point of that name.")
                : HubAnswer.Unavailable<HubModel>($"hubconf.py of {repository} does not offer this model.");
        }

        var told = (await RepositoryAsync(repository.Repository, cancellationToken)).Value;
        return HubAnswer.Found(PyTorchHubModels.Of(repository, entryPoint, told, shipped, hubConf, time.GetUtcNow()));
    }

    private Task<HubAnswer<string>> FileAsync(GitHubReference repository, string path, CancellationToken cancellationToken) => AskAsync($"{repository} {path}", async () =>
    {
        using var response = await files.GetFileAsync(repository.Repository, repository.Reference ?? "HEAD", path, cancellationToken);
        return response.IsSuccessStatusCode
            ? HubAnswer.Found(await response.Content.ReadAsStringAsync(cancellationToken))
            : HubRefusal.Of<string>(response, time);
    });

    private Task<HubAnswer<GitHubRepository>> RepositoryAsync(string name, CancellationToken cancellationToken) => AskAsync(name, async () =>
    {
        var response = await api.GetRepositoryAsync(name, cancellationToken);
        return response.ResponseMessage.IsSuccessStatusCode
            ? HubAnswer.Found(GitHubRepository.Read(response.GetContent(), time.GetUtcNow())) with { RetryAfter = HubRefusal.Wait(response.ResponseMessage, time) }
            : HubRefusal.Of<GitHubRepository>(response.ResponseMessage, time);
    });

    private Task<HubAnswer<T>> AskAsync<T>(string subject, Func<Task<HubAnswer<T>>> ask)
        where T : class => HubCall.GuardAsync(logger, Name, subject, ask);

    private static async Task<IReadOnlyList<(TItem Item, TAnswer Answer)>> EachAsync<TItem, TAnswer>(IReadOnlyList<TItem> items, Func<TItem, Task<TAnswer>> ask)
    {
        List<(TItem, TAnswer)> answers = [];
        foreach (var some in items.Chunk(AtOnce))
        {
            answers.AddRange(some.Zip(await Task.WhenAll(some.Select(ask))));
        }

        return answers;
    }
}

internal static class PyTorchHubModule
{
    public static void AddPyTorchHub(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<PyTorchHubOptions>()
            .Configure<IConfiguration>((options, configuration) => options.Token = configuration["GITHUB_TOKEN"])
            .BindConfiguration(PyTorchHubOptions.Section)
            .Validate(options => HubEndpoint.TryRead(options.Endpoint, out _) && HubEndpoint.TryRead(options.RawEndpoint, out _),
                $"{PyTorchHubOptions.Section}:Endpoint or :RawEndpoint is not an http or https address: leave them out, or write https://api.github.com and https://raw.githubusercontent.com.")
            .ValidateOnStart();
        builder.AddHubClient<IGitHubApi>(PyTorchHub.ApiClient, services => services.GetRequiredService<IOptions<PyTorchHubOptions>>().Value.ToEndpoint(), HubHttp.MetadataBytes);
        builder.AddHubClient<IGitHubFiles>(PyTorchHub.FilesClient, services => services.GetRequiredService<IOptions<PyTorchHubOptions>>().Value.ToRawEndpoint(), HubHttp.ConfigBytes);
        builder.Services.AddSingleton<IModelHub, PyTorchHub>();
    }
}
