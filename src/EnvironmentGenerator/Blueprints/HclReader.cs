using System.Globalization;
using System.Text.Json.Nodes;

namespace Terradev.EnvironmentGenerator.Blueprints;

/// <summary>Attributes and blocks of a file or of a block.</summary>
internal sealed record HclBody(IReadOnlyDictionary<string, HclExpression> Attributes, IReadOnlyList<HclBlock> Blocks)
{
    /// <summary>The value of an attribute that is a literal text; null for anything else.</summary>
    public string? Text(string attribute) => Attributes.TryGetValue(attribute, out var expression) ? expression.Text : null;
}

internal sealed record HclBlock(string Type, IReadOnlyList<string> Labels, HclBody Body, int Line);

/// <summary>The right side of an attribute, cut but not computed.</summary>
internal sealed record HclExpression(IReadOnlyList<HclToken> Tokens)
{
    public int Line => Tokens[0].Line;

    public string? Text => Tokens is [{ Kind: HclKind.Text, Inner: null }] ? Tokens[0].Value : null;

    /// <summary>Every piece, those inside texts too.</summary>
    public IEnumerable<HclToken> All => Flatten(Tokens);

    /// <summary>The value as JSON, where it is written out and not computed.</summary>
    public bool TryLiteral(out JsonNode? value)
    {
        var cursor = new HclCursor(Tokens);
        return cursor.TryLiteral(out value) && cursor.AtEnd;
    }

    // As deep as the reader allows, so recursion is bounded.
    private static IEnumerable<HclToken> Flatten(IReadOnlyList<HclToken> tokens) =>
        tokens.SelectMany(token => token.Inner is null ? [token] : Flatten(token.Inner).Prepend(token));
}

/// <summary>
/// Reads the structure of Terraform's language (HCL native syntax): blocks, labels and attributes. Expressions are cut but
/// not computed. Any text gives either the body or a fault.
/// </summary>
internal sealed class HclReader
{
    private const int MaxDepth = 32;

    private readonly string _file;
    private readonly List<HclToken> _tokens;
    private int _at;
    private HclFault? _fault;

    private HclReader(string file, string text)
    {
        _file = file;
        var lexer = new HclLexer(file, text);
        _tokens = lexer.Read();
        _fault = lexer.Fault;
    }

    private HclToken Current => _tokens[_at];

    public static (HclBody? Body, HclFault? Fault) Read(string file, string text)
    {
        var reader = new HclReader(file, text);
        var body = reader._fault is null ? reader.Body(0) : null;
        return reader._fault is null ? (body, null) : (null, reader._fault);
    }

    private HclBody Body(int depth)
    {
        var attributes = new Dictionary<string, HclExpression>(StringComparer.Ordinal);
        var blocks = new List<HclBlock>();
        while (true)
        {
            while (Current.Kind == HclKind.NewLine)
            {
                _at++;
            }

            if (Current.Kind == HclKind.End || (depth > 0 && Current.Is("}")))
            {
                if (depth > 0 && Current.Kind == HclKind.End)
                {
                    Fail("a block is not closed.");
                }

                // The end stays, for whoever is outside.
                _at += Current.Kind == HclKind.End ? 0 : 1;
                return new HclBody(attributes, blocks);
            }

            if (Current.Kind != HclKind.Identifier)
            {
                Fail("the name of an attribute or block is missing.");
                continue;
            }

            var name = Current;
            _at++;
            if (!Current.Is("="))
            {
                blocks.Add(Block(name, depth));
                continue;
            }

            _at++;
            var expression = Expression();
            if (_fault is null && !attributes.TryAdd(name.Value, expression))
            {
                Fail($"{name.Value} is set twice.", name.Line);
            }
        }
    }

    private HclBlock Block(HclToken type, int depth)
    {
        var labels = new List<string>();
        while (Current is { Kind: HclKind.Identifier } or { Kind: HclKind.Text, Inner: null })
        {
            labels.Add(Current.Value);
            _at++;
        }

        var empty = new HclBody(new Dictionary<string, HclExpression>(), []);
        if (!Current.Is("{"))
        {
            Fail($"{type.Value} is followed neither by = nor by a block.");
            return new HclBlock(type.Value, labels, empty, type.Line);
        }

        if (depth >= MaxDepth)
        {
            Fail("blocks are nested too deep.");
            return new HclBlock(type.Value, labels, empty, type.Line);
        }

        _at++;
        return new HclBlock(type.Value, labels, Body(depth + 1), type.Line);
    }

    // Ends with the line, unless a bracket is open, or with the block that it stands in.
    private HclExpression Expression()
    {
        var start = _at;
        var open = new Stack<char>();
        while (Current.Kind != HclKind.End && (open.Count > 0 || !(Current.Kind == HclKind.NewLine || Current.Is("}") || Current.Is(","))))
        {
            if (Current is { Kind: HclKind.Symbol, Value: [var bracket] })
            {
                if (bracket is '(' or '[' or '{')
                {
                    open.Push(bracket switch { '(' => ')', '[' => ']', _ => '}' });
                }
                else if (bracket is ')' or ']' or '}' && (!open.TryPop(out var expected) || expected != bracket))
                {
                    Fail($"a {bracket} closes nothing.");
                }

                if (open.Count > MaxDepth)
                {
                    Fail("brackets are nested too deep.");
                }
            }

            if (_fault is not null)
            {
                break;
            }

            _at++;
        }

        if (open.Count > 0)
        {
            Fail($"a {open.Peek()} is missing.");
        }
        else if (_at == start)
        {
            Fail("a value is missing.");
        }

        return new HclExpression(_fault is null ? _tokens[start.._at] : [Current]);
    }

    private void Fail(string cause, int? line = null)
    {
        _fault ??= new HclFault(_file, line ?? Current.Line, cause);
        _at = _tokens.Count - 1;
    }
}

/// <summary>Walks over the pieces of an expression.</summary>
internal sealed class HclCursor(IReadOnlyList<HclToken> tokens)
{
    private int _at;

    public bool AtEnd
    {
        get
        {
            SkipLines();
            return _at >= tokens.Count;
        }
    }

    public int Line => tokens[Math.Min(_at, tokens.Count - 1)].Line;

    /// <summary>The next piece after any line ends.</summary>
    public HclToken Next
    {
        get
        {
            SkipLines();
            return _at < tokens.Count ? tokens[_at] : new HclToken(HclKind.End, "", Line);
        }
    }

    public void Skip() => _at++;

    public bool Take(string symbol)
    {
        var there = Next.Is(symbol);
        _at += there ? 1 : 0;
        return there;
    }

    /// <summary>Between the items of an object: a comma, or nothing but the end of a line.</summary>
    public void TakeSeparators()
    {
        while (Take(","))
        {
        }
    }

    public bool TryLiteral(out JsonNode? value)
    {
        var token = Next;
        value = null;
        _at++;
        switch (token)
        {
            case { Kind: HclKind.Text, Inner: null }:
                value = token.Value;
                return true;
            case { Kind: HclKind.Number }:
                return TryNumber(token.Value, negative: false, out value);
            case { Kind: HclKind.Symbol, Value: "-" } when Next.Kind == HclKind.Number:
                var digits = Next.Value;
                _at++;
                return TryNumber(digits, negative: true, out value);
            case { Kind: HclKind.Identifier, Value: "null" }:
                return true;
            case { Kind: HclKind.Identifier, Value: "true" or "false" }:
                value = token.Value == "true";
                return true;
            case { Kind: HclKind.Symbol, Value: "[" }:
                return TryList(out value);
            case { Kind: HclKind.Symbol, Value: "{" }:
                return TryObject(out value);
            default:
                return false;
        }
    }

    private bool TryList(out JsonNode? value)
    {
        var list = new JsonArray();
        value = list;
        while (!Take("]"))
        {
            if (!TryLiteral(out var item) || !(Next.Is("]") || Take(",")))
            {
                return false;
            }

            list.Add(item);
        }

        return true;
    }

    private bool TryObject(out JsonNode? value)
    {
        var map = new JsonObject();
        value = map;
        while (!Take("}"))
        {
            var key = Next;
            _at++;
            if (key is not ({ Kind: HclKind.Identifier } or { Kind: HclKind.Text, Inner: null }) || !(Take("=") || Take(":")) || !TryLiteral(out var item) || !map.TryAdd(key.Value, item))
            {
                return false;
            }

            TakeSeparators();
        }

        return true;
    }

    private static bool TryNumber(string digits, bool negative, out JsonNode? value)
    {
        var read = decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        value = read ? JsonValue.Create(negative ? -number : number) : null;
        return read;
    }

    private void SkipLines()
    {
        while (_at < tokens.Count && tokens[_at].Kind == HclKind.NewLine)
        {
            _at++;
        }
    }
}
