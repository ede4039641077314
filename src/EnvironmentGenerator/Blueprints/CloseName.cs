namespace Terradev.EnvironmentGenerator.Blueprints;

/// <summary>Finds the name that was probably meant.</summary>
internal static class CloseName
{
    private const int LongestName = 128;

    /// <summary>Names the closest one where it is at most a third, or two letters that changed places, away; otherwise all.</summary>
    public static string Hint(string name, IEnumerable<string> known)
    {
        var names = known.Order(StringComparer.Ordinal).ToList();
        var close = names.Where(other => name.Length <= LongestName && other.Length <= LongestName)
            .Select(other => (Name: other, Distance: Distance(name, other)))
            .Where(other => other.Distance <= Math.Max(Math.Min(2, other.Name.Length / 2), other.Name.Length / 3))
            .OrderBy(other => other.Distance).Select(other => other.Name).FirstOrDefault();
        return close is not null ? $"Did you mean {close}?" : names.Count == 0 ? "There are none." : $"Known: {string.Join(", ", names)}.";
    }

    // Levenshtein: insertions, deletions and substitutions of one character.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[other.Length];
    }
}
