using Spectre.Console;
using Terradev.Contracts;

namespace Terradev.Cli.Terminal;

/// <summary>
/// Where a command writes: the result to standard output, everything else to standard error. Colours and progress are
/// for terminals only; what goes to a pipe is plain and never cut or broken.
/// </summary>
internal sealed class Screen
{
    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly IAnsiConsole? _outputTerminal;
    private readonly IAnsiConsole? _errorTerminal;
    private readonly bool _canAsk;

    private Screen(TextWriter output, TextWriter error, IAnsiConsole? outputTerminal, IAnsiConsole? errorTerminal, bool canAsk)
    {
        _output = output;
        _error = error;
        _outputTerminal = outputTerminal;
        _errorTerminal = errorTerminal;
        _canAsk = canAsk;
    }

    /// <summary>The width to fit lines to; unlimited where the output is no terminal.</summary>
    public int Width => _outputTerminal is null ? int.MaxValue : Math.Max(_outputTerminal.Profile.Width - 1, 40);

    /// <summary>Whether somebody is there who can be asked.</summary>
    public bool CanAsk => _canAsk && _outputTerminal is not null;

    public static Screen OfProcess() => new(
        Console.Out,
        Console.Error,
        Console.IsOutputRedirected ? null : Terminal(Console.Out),
        Console.IsErrorRedirected ? null : Terminal(Console.Error),
        !Console.IsInputRedirected);

    /// <summary>A screen that is no terminal.</summary>
    public static Screen Plain(TextWriter output, TextWriter error) => new(output, error, null, null, false);

    /// <summary>A line of a document: as it is, to standard output.</summary>
    public void Document(string text) => _output.WriteLine(text);

    public void Line(IReadOnlyList<Span> line) => Write(_outputTerminal, _output, line);

    public void Line(string text, Tone tone = Tone.Plain) => Line([new Span(text, tone)]);

    public void Lines(IEnumerable<IReadOnlyList<Span>> lines)
    {
        foreach (var line in lines)
        {
            Line(line);
        }
    }

    /// <summary>Something beside the result, such as a log line or a line of Terraform.</summary>
    public void Aside(string text, Tone tone = Tone.Faint) => Write(_errorTerminal, _error, [new Span(text, tone)]);

    /// <summary>The code, the cause and the next step.</summary>
    public void Refuse(Refusal refusal)
    {
        Write(_errorTerminal, _error, [new Span("error: ", Tone.Bad), new Span(Printable.Line(refusal.Code), Tone.Strong)]);
        foreach (var line in Printable.Lines(refusal.Detail))
        {
            Aside($"  {line}", Tone.Plain);
        }

        foreach (var (field, messages) in refusal.Errors ?? new Dictionary<string, string[]>())
        {
            foreach (var message in messages)
            {
                Aside($"  {Printable.Line(field)}: {Printable.Line(message)}", Tone.Plain);
            }
        }

        Write(_errorTerminal, _error, [new Span("  Next step: ", Tone.Label), new Span(Printable.Line(refusal.NextStep))]);
    }

    /// <summary>Shows a spinner with what is going on until the work is done; says nothing where there is no terminal.</summary>
    public Task<T> WhileAsync<T>(string doing, Func<Action<string>, Task<T>> work)
    {
        // One of the two: lines on both while one of them redraws would overwrite each other.
        if ((_outputTerminal ?? _errorTerminal) is not { } terminal)
        {
            return work(_ => { });
        }

        return terminal.Status().Spinner(Spinner.Known.Dots).SpinnerStyle(Style.Plain)
            .StartAsync(Status(doing), context => work(text => context.Status = Status(text)));

        string Status(string text) => Markup.Escape(Printable.Line(text.Length > Width - 4 ? text[..(Width - 5)] + "…" : text));
    }

    /// <summary>Asks a yes-or-no question; only <c>y</c> or <c>yes</c> is a yes.</summary>
    public async Task<bool> AskAsync(string question, CancellationToken cancellationToken)
    {
        var terminal = _outputTerminal ?? throw new InvalidOperationException("There is nobody to ask.");
        terminal.Write(new Text($"{question} [y/N] ", StyleOf(Tone.Strong)));
        var answer = await Task.Run(Console.In.ReadLine, cancellationToken).WaitAsync(cancellationToken);
        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    private void Write(IAnsiConsole? terminal, TextWriter writer, IReadOnlyList<Span> line)
    {
        if (terminal is null)
        {
            writer.WriteLine(string.Concat(line.Select(span => span.Text)).TrimEnd());
            return;
        }

        var paragraph = new Paragraph();
        foreach (var span in line)
        {
            paragraph.Append(span.Text, StyleOf(span.Tone));
        }

        // While a spinner runs, only its own console can write above it, and only whole lines.
        paragraph.Append(Environment.NewLine);
        (_outputTerminal ?? terminal).Write(paragraph);
    }

    private static IAnsiConsole Terminal(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Label => new Style(Color.Teal),
        Tone.Strong => new Style(decoration: Decoration.Bold),
        Tone.Faint => new Style(Color.Grey),
        Tone.Good => new Style(Color.Green),
        Tone.Warning => new Style(Color.Yellow),
        Tone.Bad => new Style(Color.Red, decoration: Decoration.Bold),
        _ => Style.Plain,
    };
}
