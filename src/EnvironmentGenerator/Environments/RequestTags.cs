using System.Text.RegularExpressions;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>The tags that a request puts on every resource: AWS takes 50 on most of them, and Terradev needs some itself.</summary>
public static partial class RequestTags
{
    public const int Max = 40;

    /// <summary>Field and message of everything that is wrong.</summary>
    public static IEnumerable<(string Field, string Message)> Faults(IReadOnlyDictionary<string, string>? tags)
    {
        if (tags is null)
        {
            yield break;
        }

        if (tags.Count > Max)
        {
            yield return ("tags", $"At most {Max}.");
        }
        else if (tags.Keys.Any(key => !Key().IsMatch(key)))
        {
            yield return ("tags", "Keys have 1 to 128 letters, digits, spaces and _ . : / = + - @, which is what AWS takes.");
        }
        else if (tags.Keys.Any(Reserved))
        {
            yield return ("tags", "Name and keys that begin with aws: or terradev: are taken.");
        }
        else if (tags.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() < tags.Count)
        {
            // IAM holds such keys for one and the same.
            yield return ("tags", "Two keys differ only in upper and lower case.");
        }
        else
        {
            foreach (var (key, value) in tags.Where(tag => tag.Value is null || !Value().IsMatch(tag.Value)))
            {
                yield return ($"tags.{key}", "Up to 256 letters, digits, spaces and _ . : / = + - @, which is what AWS takes.");
            }
        }
    }

    private static bool Reserved(string key) =>
        key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase) || key.StartsWith("terradev:", StringComparison.OrdinalIgnoreCase) || key.Equals("Name", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\A[\p{L}\p{N} _.:/=+@-]{1,128}\z", RegexOptions.None, 1000)]
    private static partial Regex Key();

    [GeneratedRegex(@"\A[\p{L}\p{N} _.:/=+@-]{0,256}\z", RegexOptions.None, 1000)]
    private static partial Regex Value();
}
