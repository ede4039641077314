namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Finds what someone may have meant.</summary>
public static class CloseNames
{
    /// <summary>Up to three of the known names, those with the fewest edits first; ties by code point.</summary>
    public static IReadOnlyList<string> To(string name, IEnumerable<string> known) =>
        [.. known
            .Select(candidate => (Name: candidate, Edits: Edits(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .OrderBy(candidate => candidate.Edits).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Take(3).Select(candidate => candidate.Name)];

    /// <summary>Levenshtein distance: insertions, deletions and substitutions of one character.</summary>
    private static int Edits(string from, string to)
    {
        var previous = Enumerable.Range(0, to.Length + 1).ToArray();
        var current = new int[to.Length + 1];
        for (var i = 1; i <= from.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var substitution = previous[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[to.Length];
    }
}
