namespace Terradev.ModelRegistry.Hubs;

/// <summary>A word, a string without its quotes, or a sign of a Python file.</summary>
internal readonly record struct HubConfToken(HubConfToken.Kinds Kind, string Text)
{
    internal enum Kinds
    {
        Name,
        String,
        Sign,
    }

    public bool Is(string text) => Kind is not Kinds.String && Text == text;
}

/// <summary>A logical line of a Python file: brackets and backslashes join lines, semicolons part them.</summary>
/// <param name="Indent">Columns before its first token; a tab goes on to the next multiple of eight.</param>
internal sealed record HubConfLine(int Indent, HubConfToken[] Tokens);

/// <summary>Cuts the text of a Python file into lines of tokens. Nothing is run, and every text has an end: what cannot be Python is passed over.</summary>
internal sealed class HubConfLines(string text)
{
    private const int MaxTokens = 5000;
    private const int MaxTokenLength = 200;

    private readonly List<HubConfToken> _tokens = [];
    private int _at;
    private int _indent;
    private int _depth;

    public IEnumerable<HubConfLine> Read()
    {
        Indent();
        while (_at < text.Length)
        {
            var c = text[_at];
            if (c is '\n' || (c is ';' && _depth == 0))
            {
                _at++;
                if (_depth > 0)
                {
                    continue;
                }

                if (_tokens.Count > 0)
                {
                    yield return new HubConfLine(_indent, [.. _tokens]);
                    _tokens.Clear();
                }

                if (c is '\n')
                {
                    Indent();
                }
            }
            else
            {
                Token(c);
            }
        }

        if (_tokens.Count > 0)
        {
            yield return new HubConfLine(_indent, [.. _tokens]);
        }
    }

    private void Indent()
    {
        for (_indent = 0; _at < text.Length && text[_at] is ' ' or '\t' or '\f'; _at++)
        {
            _indent = text[_at] is '\t' ? (_indent / 8 * 8) + 8 : _indent + 1;
        }
    }

    private void Token(char c)
    {
        if (c is '#')
        {
            _at = text.IndexOf('\n', _at) is >= 0 and var end ? end : text.Length;
        }
        else if (c is '"' or '\'')
        {
            String(c);
        }
        else if (char.IsLetterOrDigit(c) || c is '_')
        {
            var start = _at;
            while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_'))
            {
                _at++;
            }

            // r'...', rb"..." and f'...': the letters before a quote belong to the string.
            if (_at - start > 2 || _at == text.Length || text[_at] is not ('"' or '\''))
            {
                Add(HubConfToken.Kinds.Name, text.AsSpan(start, _at - start));
            }
        }
        else
        {
            _depth = Math.Max(0, _depth + (c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0));
            var joins = c is '\\' && text.AsSpan(_at + 1).TrimStart('\r').StartsWith("\n");
            if (!char.IsWhiteSpace(c) && !joins)
            {
                Add(HubConfToken.Kinds.Sign, text.AsSpan(_at, 1));
            }

            _at = joins ? text.IndexOf('\n', _at) + 1 : _at + 1;
        }
    }

    private void String(char quote)
    {
        var triple = text.AsSpan(_at).StartsWith([quote, quote, quote]);
        _at += triple ? 3 : 1;
        var start = _at;
        while (_at < text.Length)
        {
            if (text[_at] is '\\')
            {
                _at += 2;
            }
            else if (triple ? text.AsSpan(_at).StartsWith([quote, quote, quote]) : text[_at] == quote || text[_at] is '\n')
            {
                break;
            }
            else
            {
                _at++;
            }
        }

        var end = Math.Min(_at, text.Length);
        Add(HubConfToken.Kinds.String, text.AsSpan(start, end - start));

        // A string that its line ends before its quote: the line ends all the same.
        _at = end == text.Length ? end : triple ? end + 3 : text[end] == quote ? end + 1 : end;
    }

    private void Add(HubConfToken.Kinds kind, ReadOnlySpan<char> token)
    {
        if (_tokens.Count < MaxTokens)
        {
            _tokens.Add(new HubConfToken(kind, (token.Length > MaxTokenLength ? token[..MaxTokenLength] : token).ToString()));
        }
    }
}
