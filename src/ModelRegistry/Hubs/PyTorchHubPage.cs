using Terradev.Contracts;
using Terradev.ModelRegistry.Catalog;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>A page of PyTorch Hub: front matter with title, summary, tags and repository, then text with calls of torch.hub.load.</summary>
internal sealed record PyTorchHubPage(
    string Id, string? Title, string? Description, IReadOnlyList<string> Tags, GitHubReference? Repository, string? Accelerator, IReadOnlyList<(GitHubReference Repository, string EntryPoint)> Loads)
{
    private const int MaxTags = 20;
    private const int MaxLoads = 50;
    private const int MaxCalls = 500;
    private const int LongestCall = 1000;
    private const string Call = "torch.hub.load(";

    /// <summary>Null with the reason where the page cannot be read.</summary>
    public static PyTorchHubPage? Read(string id, string file, out string reason)
    {
        if (FrontMatter.Read(file, out reason) is not { } matter)
        {
            return null;
        }

        var author = Text.Clean(matter["author"], 100);
        var summary = Text.Clean(matter["summary"], 1800)?.TrimEnd('.');
        return new PyTorchHubPage(
            id, Text.Clean(matter["title"], 200), summary is null ? null : author is null ? $"{summary}." : $"{summary}. By {author}.",
            [.. (matter.Fields.GetValueOrDefault("tags") ?? []).Take(MaxTags).Select(tag => Text.Clean(tag, 60)).OfType<string>()],
            GitHubReference.Read(matter["github-id"]), Text.Clean(matter["accelerator"], 60), [.. LoadsIn(matter.Body).Distinct().Take(MaxLoads)]);
    }

    /// <summary>The repository whose <c>hubconf.py</c> the page is about: the one that it loads from, else the one that it names.</summary>
    public GitHubReference? Source => Loads is [var (repository, _), ..] ? repository : Repository;

    /// <summary>The repository whose stars are the page's.</summary>
    public string? Starred => (Repository ?? Source)?.Repository;

    // torch.hub.load('pytorch/vision:v0.10.0', 'resnet18', pretrained=True)    torch.hub.load(repo_or_dir='a/b', model='c')
    private static IEnumerable<(GitHubReference Repository, string EntryPoint)> LoadsIn(string text)
    {
        var at = 0;
        for (var calls = 0; calls < MaxCalls && (at = text.IndexOf(Call, at, StringComparison.Ordinal)) >= 0; calls++)
        {
            at += Call.Length;
            var arguments = Arguments(text.Substring(at - 1, Math.Min(LongestCall, text.Length - at + 1)));
            if (GitHubReference.Read(Value(arguments, 0, "repo_or_dir")) is { } repository && IsEntryPoint(Value(arguments, 1, "model")) is { } entryPoint)
            {
                yield return (repository, entryPoint);
            }
        }
    }

    /// <summary>The name where it can be one of an entry point; letters, digits, dots, hyphens and underscores.</summary>
    public static string? IsEntryPoint(string? name) =>
        HubReference.TryParse($"{PyTorchHubCatalog.Source}:{name}", out var reference) && reference.Id.Length <= 100 && !reference.Id.Contains('/', StringComparison.Ordinal) ? reference.Id : null;

    private static List<List<HubConfToken>> Arguments(string call)
    {
        List<List<HubConfToken>> arguments = [[]];
        var depth = 0;
        foreach (var token in new HubConfLines(call).Read().SelectMany(line => line.Tokens))
        {
            depth += token.Is("(") || token.Is("[") || token.Is("{") ? 1 : token.Is(")") || token.Is("]") || token.Is("}") ? -1 : 0;
            if (depth == 0)
            {
                break;
            }

            if (depth == 1 && token.Is(","))
            {
                arguments.Add([]);
            }
            else if (depth > 1 || !token.Is("("))
            {
                arguments[^1].Add(token);
            }
        }

        return arguments;
    }

    private static string? Value(List<List<HubConfToken>> arguments, int place, string name)
    {
        var named = arguments.Select(tokens => tokens is [var key, var sign, { Kind: HubConfToken.Kinds.String } value] && key.Is(name) && sign.Is("=") ? value.Text : null).FirstOrDefault(text => text is not null);
        return named ?? (arguments.Count > place && arguments[place] is [{ Kind: HubConfToken.Kinds.String } only] ? only.Text : null);
    }
}
