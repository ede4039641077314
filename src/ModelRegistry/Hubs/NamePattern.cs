namespace Terradev.ModelRegistry.Hubs;

/// <summary>A config's pattern for names of modules, compared without running a stranger's regular expressions.</summary>
internal sealed class NamePattern
{
    private static readonly System.Buffers.SearchValues<char> Syntax = System.Buffers.SearchValues.Create(@"\+?()[]{}|^$");

    private readonly string[] _parts;
    private readonly bool _anywhere;

    private NamePattern(string[] parts, bool anywhere = false) => (_parts, _anywhere) = (parts, anywhere);

    /// <summary>A name or a part of one, or with <c>*</c> for any text a whole one.</summary>
    public static NamePattern OfPart(string text) => text.Contains('*', StringComparison.Ordinal) ? new(text.Split('*')) : new([text], anywhere: true);

    /// <summary>
    /// A target of compressed-tensors: a name, or <c>re:</c> and a regular expression, of which <c>.*</c>, <c>\.</c>, a leading <c>^</c>
    /// and a trailing <c>$</c> are understood; others name nothing.
    /// </summary>
    public static NamePattern OfTarget(string text)
    {
        if (!text.StartsWith("re:", StringComparison.Ordinal))
        {
            return new([text]);
        }

        var expression = text.AsSpan(3);
        expression = expression is ['^', ..] ? expression[1..] : expression;
        var pattern = (expression is [.., '$'] ? expression[..^1].ToString() : $"{expression}.*")
            .Replace(".*", "*", StringComparison.Ordinal).Replace("\\.", ".", StringComparison.Ordinal);
        return new(pattern.AsSpan().ContainsAny(Syntax) ? [] : pattern.Split('*'));
    }

    public bool Fits(string name) => _parts switch
    {
        [] => false,
        [var only] => _anywhere ? name.Contains(only, StringComparison.Ordinal) : name == only,
        [var first, .. var between, var last] => name.Length >= first.Length + last.Length
            && name.StartsWith(first, StringComparison.Ordinal) && name.EndsWith(last, StringComparison.Ordinal)
            && InOrder(name.AsSpan(first.Length, name.Length - first.Length - last.Length), between),
    };

    private static bool InOrder(ReadOnlySpan<char> text, ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            var at = text.IndexOf(part, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            text = text[(at + part.Length)..];
        }

        return true;
    }
}
