namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Where the columns of a file are; those nobody asked for are passed over.</summary>
internal sealed class PriceColumns
{
    private readonly Dictionary<string, int> _places = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="PriceSourceException">A column is there twice.</exception>
    public PriceColumns(IReadOnlyList<string> header)
    {
        Names = [.. header];
        for (var place = 0; place < header.Count; place++)
        {
            if (header[place].Length > 0 && !_places.TryAdd(header[place], place))
            {
                throw new PriceSourceException(PriceRefusals.Unreadable($"The header has the column {PriceText.Short(header[place])} twice.", "Remove one of them."));
            }
        }
    }

    public IReadOnlyList<string> Names { get; }

    public bool Has(string name) => _places.ContainsKey(name);

    public string[] Missing(IEnumerable<string> required) => [.. required.Where(name => !Has(name))];

    /// <summary>The header as a refusal shows it.</summary>
    public string Shown => string.Join(", ", Names.Take(30).Select(PriceText.Short)) + (Names.Count > 30 ? ", ..." : "");

    /// <summary>The field of the column; empty where the row or the file has none.</summary>
    public string Of(IReadOnlyList<string> fields, string name) => _places.TryGetValue(name, out var place) && place < fields.Count ? fields[place] : "";
}
