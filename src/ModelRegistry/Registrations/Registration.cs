using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Artifacts;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Hubs;

namespace Terradev.ModelRegistry.Registrations;

/// <summary>A checked registration as the model that it makes.</summary>
internal static class Registration
{
    private const int MostTags = 200;
    private const int MostUsages = 20;
    private const int MostDtypes = 32;
    private const int ShortText = 100;
    private const int TagText = 200;
    private const int LongText = 2000;
    private const int ConfigBytes = 256 * 1024;
    private const int ConfigDepth = 32;
    private const long MostParameters = 1_000_000_000_000_000;

    /// <summary>The model; null where <paramref name="errors"/> says what is wrong.</summary>
    /// <param name="id">The id that the address names; null where the body does.</param>
    public static HubModel? Read(RegisterModel request, string? id, DateTimeOffset now, Dictionary<string, string[]> errors)
    {
        if (id is not null && request.Id is not null && ModelEntry.KeyOf(request.Id) != ModelEntry.KeyOf(id))
        {
            errors["id"] = ["Leave it out, or write it as in the address."];
        }

        var named = request.Id ?? id;
        if (!HubReference.TryParse($"{ModelEntry.Registered}:{named}", out _))
        {
            errors["id"] = ["Use name or org/name: 1 to 200 letters, digits, '.', '_' and '-', without '.' and '..' alone between slashes."];
        }

        CheckTexts(request, errors);
        CheckFigures(request, errors);
        if (request.Config is { } config && FaultOf(config) is { } fault)
        {
            errors["config"] = [fault];
        }

        FileRules.Check(request.Files ?? [], errors);
        return errors.Count > 0 ? null : ToModel(request with { Id = named }, now);
    }

    private static HubModel ToModel(RegisterModel request, DateTimeOffset now)
    {
        var provenance = Provenance.Now(ModelEntry.Registered, now);
        return new HubModel(
            ModelEntry.Registered, request.Id!, RevisionOf(request), request.Task, request.Library, request.License, Gated: false, Downloads: null, Likes: null, LastModified: provenance.AsOf,
            [.. (request.Tags ?? []).Where(tag => !string.IsNullOrWhiteSpace(tag)).Select(tag => tag!.Trim())],
            request.ElementsByDtype is { Count: > 0 } elements ? elements : null, request.Parameters,
            [.. (request.Files ?? []).Select(file => new ModelFile(file!.Path!, file.SizeBytes, FileRules.Hex(file.Sha256, 256), FileRules.Hex(file.GitSha1, 160)))],
            request.Config is { } config ? ConfigJson.Trim(config) : null, provenance)
        {
            Title = request.Title,
            Description = request.Description,
            CreatedAt = provenance.AsOf,
            Usage = [.. (request.Usage ?? []).Where(usage => !string.IsNullOrWhiteSpace(usage)).Select(usage => usage!)],
        };
    }

    // The same registration has the same revision, so that one who sends it again is told from one who sends another.
    private static string RevisionOf(RegisterModel request)
    {
        var ordered = request with
        {
            Id = ModelEntry.KeyOf(request.Id!),
            ElementsByDtype = request.ElementsByDtype is { } elements ? new SortedDictionary<string, long>(elements.ToDictionary(), StringComparer.Ordinal) : null,
        };
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(ordered, TerradevJson.Options)));
    }

    private static void CheckTexts(RegisterModel request, Dictionary<string, string[]> errors)
    {
        foreach (var (field, text, longest, lines) in new[]
        {
            ("title", request.Title, TagText, false), ("task", request.Task, ShortText, false), ("library", request.Library, ShortText, false),
            ("license", request.License, ShortText, false), ("description", request.Description, LongText, true),
        })
        {
            CheckText(field, text, longest, lines, errors);
        }

        CheckList("tags", request.Tags, MostTags, TagText, lines: false, errors);
        CheckList("usage", request.Usage, MostUsages, LongText, lines: true, errors);
    }

    private static void CheckList(string field, IReadOnlyList<string?>? texts, int most, int longest, bool lines, Dictionary<string, string[]> errors)
    {
        if (texts?.Count > most)
        {
            errors[field] = [$"Use at most {most}."];
            return;
        }

        for (var n = 0; n < (texts?.Count ?? 0); n++)
        {
            CheckText($"{field}[{n}]", texts![n], longest, lines, errors);
        }
    }

    private static void CheckText(string field, string? text, int longest, bool lines, Dictionary<string, string[]> errors)
    {
        if (text?.Length > longest)
        {
            errors[field] = [$"Use at most {longest} characters."];
        }
        else if (text?.Any(c => (char.IsControl(c) && !(lines && c is '\n' or '\r' or '\t')) || IsDirection(c)) == true)
        {
            errors[field] = ["Leave out control characters and those that turn the direction of text."];
        }
    }

    // Embeddings, overrides and isolates make text read as what it is not; letters of right-to-left scripts need none of them.
    private static bool IsDirection(char c) => c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private static void CheckFigures(RegisterModel request, Dictionary<string, string[]> errors)
    {
        if (request.Parameters is < 1 or > MostParameters)
        {
            errors["parameters"] = [$"Use a number from 1 to {MostParameters:N0}."];
        }

        if (request.ElementsByDtype is not { } elements)
        {
            return;
        }

        if (elements.Count > MostDtypes
            || elements.Any(entry => entry.Value is < 0 or > MostParameters || entry.Key.Length is 0 or > 16 || !entry.Key.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_')))
        {
            errors["elementsByDtype"] = [$"Use at most {MostDtypes} dtypes as safetensors spells them, such as BF16, with 0 to {MostParameters:N0} elements each."];
        }
    }

    private static string? FaultOf(JsonElement config)
    {
        if (config.ValueKind is not JsonValueKind.Object)
        {
            return "Use an object, the content of config.json.";
        }

        var bytes = Encoding.UTF8.GetBytes(config.GetRawText());
        if (bytes.Length > ConfigBytes)
        {
            return $"Use at most {ConfigBytes / 1024} KiB.";
        }

        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = ConfigDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.GetString()!.Contains('\0', StringComparison.Ordinal))
                {
                    return "Leave out the character U+0000.";
                }
            }

            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return $"Use at most {ConfigDepth} levels, and no half of a surrogate pair.";
        }
    }
}
