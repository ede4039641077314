using System.Buffers;
using System.Text;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// Reads RFC 4180 rows one after the other, within <see cref="PriceFileLimits"/>: CsvHelper reads a row to its end however long it is.
/// Fields that are the same text are the same string, since a price list says the same few thousand texts over and over.
/// </summary>
internal sealed class CsvRows(Stream content) : IDisposable
{
    private const int MostPooled = 200_000;
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    // Invalid bytes throw: a file in another encoding must not become prices with question marks in them.
    private readonly StreamReader _reader = new(content, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false, bufferSize: 64 * 1024, leaveOpen: true);
    private readonly char[] _buffer = new char[32 * 1024];
    private readonly HashSet<string> _pool = new(StringComparer.Ordinal);
    private readonly List<string> _fields = [];
    private char[] _field = new char[256];
    private int _length;
    private int _next;
    private int _end;
    private int _line = 1;

    /// <summary>Line on which the current row begins, the first being 1.</summary>
    public int Line { get; private set; }

    /// <summary>The fields of the current row; valid until the next one is read.</summary>
    public IReadOnlyList<string> Fields => _fields;

    /// <summary>Reads the next row that is not empty; false at the end.</summary>
    /// <exception cref="PriceSourceException">The text is not CSV within the limits.</exception>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        do
        {
            if (!await ReadRowAsync(cancellationToken))
            {
                return false;
            }
        }
        while (_fields is [""]);
        return true;
    }

    public void Dispose() => _reader.Dispose();

    private async ValueTask<bool> ReadRowAsync(CancellationToken cancellationToken)
    {
        _fields.Clear();
        _length = 0;
        Line = _line;
        var (state, size) = (State.FieldStart, 0);
        while (true)
        {
            if (_next == _end && !await FillAsync(cancellationToken))
            {
                return EndOfFile(state, size);
            }

            var run = Run(state);
            var c = run > 0 ? '\0' : _buffer[_next++];
            size += Math.Max(run, 1);
            if (size > PriceFileLimits.RowLength)
            {
                throw Unreadable($"The row at line {Line} is longer than {PriceFileLimits.RowLength / 1024} KiB.", "Look for a quote that is never closed.");
            }

            if (run > 0)
            {
                state = state == State.Quoted ? State.Quoted : State.Plain;
                continue;
            }

            if (c == '\n')
            {
                _line++;
            }

            switch (state)
            {
                case State.FieldStart when c == '"':
                    state = State.Quoted;
                    break;
                case State.Quoted when c == '"':
                    state = State.QuoteInQuotes;
                    break;
                case State.QuoteInQuotes when c == '"':
                    Append([c]);
                    state = State.Quoted;
                    break;
                case State.Quoted:
                    Append([c]);
                    break;
                case var _ when c == ',':
                    EndField();
                    state = State.FieldStart;
                    break;
                case var _ when c == '\n':
                    EndField();
                    return true;
                case var _ when c == '\r':
                    break;
                case State.QuoteInQuotes:
                    throw Unreadable($"Line {Line} has text behind a closing quote.", "Write a quote inside a quoted field twice.");
                default:
                    Append([c]);
                    state = State.Plain;
                    break;
            }
        }
    }

    private bool EndOfFile(State state, int size)
    {
        if (state == State.Quoted)
        {
            throw Unreadable($"The quote at line {Line} is never closed.", "Close it, or send the whole file.");
        }

        if (size == 0)
        {
            return false;
        }

        EndField();
        return true;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            _next = 0;
            _end = await _reader.ReadAsync(_buffer, cancellationToken);
        }
        catch (DecoderFallbackException)
        {
            throw Unreadable("The file is not text in UTF-8.", "Save it as CSV in UTF-8.");
        }

        if (Line == 1 && _line == 1 && _end > 0 && _buffer[0] == '\uFEFF')
        {
            _next = 1;
        }

        if (_buffer.AsSpan(0, _end).Contains('\0'))
        {
            throw Unreadable("The file is not text in UTF-8: it has zero bytes.", "Save it as CSV in UTF-8, not UTF-16, and not compressed.");
        }

        return _end > 0;
    }

    // Takes the characters up to the next one that means something, which are nearly all, at once.
    private int Run(State state)
    {
        if (state == State.QuoteInQuotes)
        {
            return 0;
        }

        var rest = _buffer.AsSpan(_next, _end - _next);
        var run = state == State.Quoted ? rest.IndexOfAny('"', '\n') : rest.IndexOfAny(Special);
        run = run < 0 ? rest.Length : run;
        Append(rest[..run]);
        _next += run;
        return run;
    }

    private void Append(ReadOnlySpan<char> text)
    {
        if (_length + text.Length > PriceFileLimits.FieldLength)
        {
            throw Unreadable($"A field of the row at line {Line} is longer than {PriceFileLimits.FieldLength} characters.", "Look for a quote that is never closed.");
        }

        while (_length + text.Length > _field.Length)
        {
            Array.Resize(ref _field, _field.Length * 2);
        }

        text.CopyTo(_field.AsSpan(_length));
        _length += text.Length;
    }

    private void EndField()
    {
        if (_fields.Count == PriceFileLimits.Fields)
        {
            throw Unreadable($"The row at line {Line} has more than {PriceFileLimits.Fields} fields.", "Send a price list in one of the known formats.");
        }

        var text = _field.AsSpan(0, _length).Trim();
        var pool = _pool.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!pool.TryGetValue(text, out var field))
        {
            field = text.ToString();
            if (_pool.Count < MostPooled && field.Length <= 1000)
            {
                _pool.Add(field);
            }
        }

        _fields.Add(field);
        _length = 0;
    }

    private static PriceSourceException Unreadable(string detail, string nextStep) => new(PriceRefusals.Unreadable(detail, nextStep));

    private enum State
    {
        FieldStart,
        Plain,
        Quoted,
        QuoteInQuotes,
    }
}
