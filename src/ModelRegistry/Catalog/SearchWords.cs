using System.Globalization;
using System.Text;
using Terradev.Contracts;
using Terradev.ModelRegistry.Hubs;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>
/// The words of a model under which the database's inverted index finds it. Words of the text are letters and digits in lower case;
/// filters are words with an equals sign, such as <c>task=fill-mask</c>, which no text contains.
/// </summary>
internal static class SearchWords
{
    /// <summary>Text before the words of the entry's facets.</summary>
    public const string Source = "source=", Task = "task=", Library = "library=", Framework = "framework=", License = "license=";

    /// <summary>The hub that has nearly all models, which is why it has no word: the list of those that have it would be the whole table.</summary>
    public const string MainHub = HubReference.DefaultSource;

    /// <summary>A word that no model has.</summary>
    public const string Nothing = "nothing=";

    private const int MostWords = 160;
    private const int LongestWord = 60;
    private const int DescriptionCharacters = 400;

    /// <summary>The word of all models created in the UTC month of <paramref name="time"/>.</summary>
    public static string Month(DateTimeOffset time) => time.UtcDateTime.ToString("'created='yyyy'-'MM", CultureInfo.InvariantCulture);

    /// <summary>All words of a model, each once, between spaces.</summary>
    public static string Of(HubModel model)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        if (model.Source != MainHub)
        {
            AddFilter(words, Source, model.Source);
        }

        words.UnionWith(WithPairs([.. new[] { Filter(Task, model.Task), Filter(Library, model.Library), Filter(License, model.License) }.OfType<string>()]));
        AddFilter(words, Framework, model.Library);
        if (model.CreatedAt is { } created)
        {
            words.Add(Month(created));
        }

        foreach (var tag in model.Tags)
        {
            if (words.Count >= MostWords)
            {
                break;
            }

            // Tags with a colon tell of licences, papers and base models; the others of frameworks, formats and languages.
            if (!tag.Contains(':', StringComparison.Ordinal))
            {
                AddFilter(words, Framework, tag);
                Add(words, tag);
            }
        }

        Add(words, model.Id);
        Add(words, model.Title);
        Add(words, model.Task);
        Add(words, model.Library);
        Add(words, model.Description is { Length: > DescriptionCharacters } whole ? whole[..DescriptionCharacters] : model.Description);
        return string.Join(' ', words);
    }

    /// <summary>The words of a text: runs of letters and digits.</summary>
    public static IEnumerable<string> In(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            yield break;
        }

        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Append(new Rune(' ')))
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                if (word.Length < LongestWord)
                {
                    word.Append(Rune.ToLowerInvariant(rune).ToString());
                }
            }
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }
    }

    /// <summary>A filter's word; null where the value has no letter or digit to look for.</summary>
    public static string? Filter(string kind, string? value)
    {
        var clean = string.Concat(((kind == Task ? TaskWords.Of(value) : value) ?? "").Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is '-' or '.' or '_' or ':' or '/' or '+'));
        return clean.Length is 0 or > 200 ? null : kind + clean;
    }

    /// <summary>
    /// Filters of task, library and licence, in this order, and each pair of them as one word: a pair is on a short list, where the
    /// database would have to compare two long ones.
    /// </summary>
    public static IEnumerable<string> WithPairs(IReadOnlyList<string> filters) =>
        filters.Concat(filters.SelectMany((one, place) => filters.Skip(place + 1).Select(other => Pair(one, other))));

    /// <summary>The word for two of the filters that <see cref="WithPairs"/> takes, in its order.</summary>
    public static string Pair(string one, string other) => $"{one}+{other}";

    private static void AddFilter(HashSet<string> words, string kind, string? value)
    {
        if (Filter(kind, value) is { } word)
        {
            words.Add(word);
        }
    }

    private static void Add(HashSet<string> words, string? text)
    {
        foreach (var word in In(text))
        {
            if (words.Count >= MostWords)
            {
                return;
            }

            words.Add(word);

            // Who looks for llama means llama3 too.
            var letters = word.AsSpan().TrimEnd("0123456789");
            if (letters.Length > 2 && letters.Length < word.Length)
            {
                words.Add(letters.ToString());
            }
        }
    }
}
