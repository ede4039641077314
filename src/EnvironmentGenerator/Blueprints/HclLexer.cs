using System.Globalization;
using System.Text;

namespace Terradev.EnvironmentGenerator.Blueprints;

internal enum HclKind
{
    Identifier,
    Number,
    Text,
    Symbol,
    NewLine,
    End,
}

/// <summary>A piece of a Terraform file.</summary>
/// <param name="Value">A text without its quotes, with a <see cref="HclLexer.Mark"/> in the place of each <c>${ }</c>; the piece itself otherwise.</param>
/// <param name="Inner">What stands between <c>${</c> and <c>}</c> in a text, one after the other; null for a text that is literal.</param>
internal readonly record struct HclToken(HclKind Kind, string Value, int Line, IReadOnlyList<HclToken>? Inner = null)
{
    public bool Is(string symbol) => Kind is HclKind.Symbol or HclKind.Identifier && Value == symbol;
}

/// <summary>Where a file cannot be read, and why.</summary>
internal sealed record HclFault(string File, int Line, string Cause)
{
    public override string ToString() => $"{File}, line {Line.ToString(CultureInfo.InvariantCulture)}: {Cause}";
}

/// <summary>
/// Cuts Terraform's language into its pieces. The first fault moves it to the end of the text, so that whoever calls sees
/// the end and then the fault; nothing is thrown.
/// </summary>
internal sealed class HclLexer(string file, string text)
{
    /// <summary>Stands in a text's value where its <c>${ }</c> stood.</summary>
    public const char Mark = '\uFFFC';

    private const int MaxCharacters = 1024 * 1024;
    private const int MaxTokens = 200_000;
    private const int MaxDepth = 32;

    private static readonly string[] Symbols = ["...", "==", "!=", "<=", ">=", "&&", "||", "=>"];

    private int _at;
    private int _line = 1;
    private int _count;

    public HclFault? Fault { get; private set; }

    /// <summary>All pieces, the last of kind <see cref="HclKind.End"/>.</summary>
    public List<HclToken> Read()
    {
        if (text.Length > MaxCharacters)
        {
            Fail("the file has more than 1,048,576 characters.");
        }

        // A byte order mark says nothing.
        _at = Fault is null && text.StartsWith('\uFEFF') ? 1 : _at;
        var tokens = Tokens(0, template: false);
        tokens.Add(new HclToken(HclKind.End, "", _line));
        return tokens;
    }

    private List<HclToken> Tokens(int depth, bool template)
    {
        var tokens = new List<HclToken>();
        var braces = 0;
        while (_at < text.Length)
        {
            if (++_count > MaxTokens)
            {
                Fail("the file has too many pieces.");
                break;
            }

            var c = text[_at];
            if (c is '}' && template && braces == 0)
            {
                _at++;
                return tokens;
            }

            if (c is ' ' or '\t' or '\r')
            {
                _at++;
            }
            else if (c is '\n')
            {
                tokens.Add(new HclToken(HclKind.NewLine, "\n", _line++));
                _at++;
            }
            else if (c is '#' || At("//"))
            {
                var end = text.IndexOf('\n', _at);
                _at = end < 0 ? text.Length : end;
            }
            else if (At("/*"))
            {
                Comment();
            }
            else if (c is '"')
            {
                tokens.Add(Quoted(depth));
            }
            else if (At("<<"))
            {
                tokens.Add(Heredoc(depth));
            }
            else if (char.IsLetter(c) || c is '_')
            {
                tokens.Add(Take(HclKind.Identifier, static c => char.IsLetterOrDigit(c) || c is '_' or '-'));
            }
            else if (char.IsAsciiDigit(c))
            {
                tokens.Add(Number());
            }
            else if (Symbol() is { } symbol)
            {
                braces += symbol switch { "{" => 1, "}" => -1, _ => 0 };
                tokens.Add(new HclToken(HclKind.Symbol, symbol, _line));
                _at += symbol.Length;
            }
            else
            {
                Fail($"the character U+{((int)c).ToString("X4", CultureInfo.InvariantCulture)} has no meaning here.");
            }
        }

        if (template)
        {
            Fail("a ${ is not closed.");
        }

        return tokens;
    }

    private void Comment()
    {
        var end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            Fail("a comment is not closed.");
            return;
        }

        _line += text.AsSpan(_at, end - _at).Count('\n');
        _at = end + 2;
    }

    private HclToken Quoted(int depth)
    {
        var line = _line;
        var literal = new StringBuilder();
        List<HclToken>? inner = null;
        _at++;
        while (_at < text.Length)
        {
            var c = text[_at];
            if (c is '"')
            {
                _at++;
                return new HclToken(HclKind.Text, literal.ToString(), line, inner);
            }

            if (c is '\n')
            {
                break;
            }

            if (c is '\\')
            {
                Escape(literal);
            }
            else if (!Template(depth, literal, ref inner))
            {
                literal.Append(c);
                _at++;
            }
        }

        Fail("a text is not closed on its line.", line);
        return new HclToken(HclKind.Text, "", line);
    }

    // Two spellings: <<EOT, and <<-EOT, which takes the least indentation from every line.
    private HclToken Heredoc(int depth)
    {
        var line = _line;
        _at += 2;
        var indented = At("-");
        _at += indented ? 1 : 0;
        var name = _at < text.Length && (char.IsLetter(text[_at]) || text[_at] is '_') ? Take(HclKind.Identifier, static c => char.IsLetterOrDigit(c) || c is '_' or '-').Value : "";
        var start = text.IndexOf('\n', Math.Min(_at, text.Length));
        if (name.Length == 0 || start < 0 || !text.AsSpan(_at, start - _at).IsWhiteSpace())
        {
            Fail("a << is not followed by a word and the end of the line.");
            return new HclToken(HclKind.Text, "", line);
        }

        _at = start + 1;
        _line++;
        var literal = new StringBuilder();
        List<HclToken>? inner = null;
        var atStart = true;
        while (_at < text.Length)
        {
            if (atStart)
            {
                var end = text.IndexOf('\n', _at);
                end = end < 0 ? text.Length : end;
                if (text.AsSpan(_at, end - _at).Trim().SequenceEqual(name))
                {
                    _at = end;
                    return new HclToken(HclKind.Text, indented ? Outdent(literal.ToString()) : literal.ToString(), line, inner);
                }
            }

            atStart = text[_at] is '\n';
            if (atStart)
            {
                literal.Append('\n');
                _line++;
                _at++;
            }
            else if (!Template(depth, literal, ref inner))
            {
                literal.Append(text[_at++]);
            }
        }

        Fail($"the text of <<{name} is not closed.", line);
        return new HclToken(HclKind.Text, "", line);
    }

    private bool Template(int depth, StringBuilder literal, ref List<HclToken>? inner)
    {
        if (At("$${") || At("%%{"))
        {
            literal.Append(text, _at + 1, 2);
            _at += 3;
            return true;
        }

        if (!At("${") && !At("%{"))
        {
            return false;
        }

        if (depth >= MaxDepth)
        {
            Fail("texts are nested too deep.");
            return true;
        }

        _at += 2;
        literal.Append(Mark);
        (inner ??= []).AddRange(Tokens(depth + 1, template: true));
        return true;
    }

    private void Escape(StringBuilder literal)
    {
        var kind = _at + 1 < text.Length ? text[_at + 1] : '\0';
        var plain = kind switch { 'n' => "\n", 'r' => "\r", 't' => "\t", '"' => "\"", '\\' => "\\", _ => null };
        if (plain is not null)
        {
            literal.Append(plain);
            _at += 2;
            return;
        }

        var digits = kind switch { 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0 && _at + 2 + digits <= text.Length
            && uint.TryParse(text.AsSpan(_at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && Rune.TryCreate(code, out var rune))
        {
            literal.Append(rune.ToString());
            _at += 2 + digits;
            return;
        }

        Fail("a \\ in a text begins none of \\n \\r \\t \\\" \\\\ \\uNNNN \\UNNNNNNNN.");
    }

    private HclToken Number()
    {
        var start = _at;
        Digits();
        if (_at + 1 < text.Length && text[_at] is '.' && char.IsAsciiDigit(text[_at + 1]))
        {
            _at++;
            Digits();
        }

        if (_at < text.Length && text[_at] is 'e' or 'E')
        {
            var sign = _at + 1 < text.Length && text[_at + 1] is '+' or '-' ? 2 : 1;
            if (_at + sign < text.Length && char.IsAsciiDigit(text[_at + sign]))
            {
                _at += sign;
                Digits();
            }
        }

        return new HclToken(HclKind.Number, text[start.._at], _line);

        void Digits()
        {
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            {
                _at++;
            }
        }
    }

    private string? Symbol()
    {
        foreach (var symbol in Symbols)
        {
            if (At(symbol))
            {
                return symbol;
            }
        }

        return "{}[]()=,.:?!+-*/%<>~".Contains(text[_at], StringComparison.Ordinal) ? text[_at].ToString() : null;
    }

    private HclToken Take(HclKind kind, Func<char, bool> belongs)
    {
        var start = _at;
        while (_at < text.Length && belongs(text[_at]))
        {
            _at++;
        }

        return new HclToken(kind, text[start.._at], _line);
    }

    private bool At(string sign) => string.CompareOrdinal(text, _at, sign, 0, sign.Length) == 0;

    private void Fail(string cause, int? line = null)
    {
        Fault ??= new HclFault(file, line ?? _line, cause);
        _at = text.Length;
    }

    private static string Outdent(string literal)
    {
        var lines = literal.Split('\n');
        var least = lines.Where(line => line.AsSpan().Trim().Length > 0).Select(line => line.Length - line.TrimStart(' ').Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(line => line.Length >= least ? line[least..] : line.TrimStart(' ')));
    }
}
