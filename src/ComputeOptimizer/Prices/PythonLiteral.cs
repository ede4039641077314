using System.Globalization;
using System.Text;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// Reads a Python literal of dictionaries, lists, texts, numbers, <c>None</c>, <c>True</c> and <c>False</c>, as pandas writes such values
/// into CSV. It is data to be read: names, calls and operators are refused, and so is more than <see cref="MostDepth"/> levels.
/// </summary>
internal ref struct PythonLiteral
{
    public const int MostLength = 8 * 1024;
    public const int MostDepth = 8;

    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private PythonLiteral(ReadOnlySpan<char> text) => _text = text;

    /// <summary>
    /// The value: <see cref="Dictionary{TKey, TValue}"/> by text, <see cref="List{T}"/>, text, <see cref="decimal"/>, <see cref="bool"/> or null.
    /// False where the text is no such literal.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<char> text, out object? value)
    {
        value = null;
        if (text.Length > MostLength)
        {
            return false;
        }

        var literal = new PythonLiteral(text);
        return literal.Value(0, out value) && literal.AtEnd();
    }

    private bool AtEnd()
    {
        Space();
        return _at == _text.Length;
    }

    private bool Value(int depth, out object? value)
    {
        value = null;
        Space();
        if (depth > MostDepth || _at == _text.Length)
        {
            return false;
        }

        switch (_text[_at])
        {
            case '{':
                return Dictionary(depth, out value);
            case '[':
                return Items(']', depth, out value);
            case '(':
                return Items(')', depth, out value);
            case '\'' or '"':
                var read = Text(out var text);
                value = text;
                return read;
            default:
                return Word(out value);
        }
    }

    private bool Dictionary(int depth, out object? value)
    {
        var entries = new Dictionary<string, object?>(StringComparer.Ordinal);
        value = entries;
        _at++;
        while (!Take('}'))
        {
            Space();
            if (_at == _text.Length || _text[_at] is not ('\'' or '"') || !Text(out var key) || !Take(':') || !Value(depth + 1, out var entry)
                || (!Take(',') && !Ahead('}')))
            {
                return false;
            }

            entries[key] = entry;
        }

        return true;
    }

    private bool Items(char close, int depth, out object? value)
    {
        var items = new List<object?>();
        value = items;
        _at++;
        while (!Take(close))
        {
            if (!Value(depth + 1, out var item) || (!Take(',') && !Ahead(close)))
            {
                return false;
            }

            items.Add(item);
        }

        return true;
    }

    private bool Text(out string text)
    {
        var (quote, result) = (_text[_at++], new StringBuilder());
        text = "";
        while (_at < _text.Length)
        {
            var c = _text[_at++];
            if (c == quote)
            {
                text = result.ToString();
                return true;
            }

            if (c == '\\' && !Escape(out c))
            {
                return false;
            }

            result.Append(c);
        }

        return false;
    }

    private bool Escape(out char c)
    {
        c = _at < _text.Length ? _text[_at++] : '\0';
        switch (c)
        {
            case '\\' or '\'' or '"':
                return true;
            case 'n' or 'r' or 't':
                c = c == 'n' ? '\n' : c == 'r' ? '\r' : '\t';
                return true;
            case 'x' or 'u':
                var digits = c == 'x' ? 2 : 4;
                if (_at + digits > _text.Length || !ushort.TryParse(_text.Slice(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                {
                    return false;
                }

                _at += digits;
                c = (char)code;
                return true;
            default:
                return false;
        }
    }

    private bool Word(out object? value)
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '.' or '-' or '+'))
        {
            _at++;
        }

        var word = _text[start.._at];
        value = word switch
        {
            "True" => true,
            "False" => false,
            _ => null,
        };
        if (word is "True" or "False" or "None")
        {
            return true;
        }

        var number = decimal.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed);
        value = number ? parsed : null;
        return number;
    }

    private void Space()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private bool Ahead(char c)
    {
        Space();
        return _at < _text.Length && _text[_at] == c;
    }

    private bool Take(char c)
    {
        var there = Ahead(c);
        _at += there ? 1 : 0;
        return there;
    }
}
