using System.CommandLine;
using System.Text.Json;
using Terradev.Cli.Server;
using Terradev.Cli.Terminal;
using Terradev.Contracts;

namespace Terradev.Cli;

internal enum OutputFormat
{
    Text,
    Json,
}

/// <summary>One command while it runs: what was typed, where to write, and the server once it is needed.</summary>
internal sealed class Session : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Indented = new(TerradevJson.Options) { WriteIndented = true };

    private ServerConnection? _server;

    private Session(ParseResult parse, Screen screen)
    {
        Parse = parse;
        Screen = screen;
        Json = parse.GetValue(GlobalOptions.Output) == OutputFormat.Json;
        Verbose = parse.GetValue(GlobalOptions.Verbose);
    }

    public ParseResult Parse { get; }

    public Screen Screen { get; }

    /// <summary>True when standard output is for one JSON document and nothing else.</summary>
    public bool Json { get; }

    public bool Verbose { get; }

    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>Runs a command; the one place where its failures become messages and exit codes.</summary>
    public static async Task<int> RunAsync(ParseResult parse, Func<Session, CancellationToken, Task<int>> body, CancellationToken cancellationToken)
    {
        var output = parse.InvocationConfiguration.Output;
        var error = parse.InvocationConfiguration.Error;
        var screen = ReferenceEquals(output, Console.Out) ? Screen.OfProcess() : Screen.Plain(output, error);
        try
        {
            await using var session = new Session(parse, screen);
            return await body(session, cancellationToken);
        }
        catch (RefusedException refused)
        {
            screen.Refuse(refused.Refusal);
            return ExitCodes.Refused;
        }
        catch (ServerUnreachableException unreachable)
        {
            screen.Refuse(new Refusal(RefusalCodes.ServiceUnavailable, unreachable.Message, unreachable.NextStep));
            return ExitCodes.Unreachable;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
    }

    /// <summary>The server of this command, connected or started on first use.</summary>
    public async Task<ServerConnection> ServerAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _server ??= await Screen.WhileAsync(
                "starting", _ => ServerConnection.OpenAsync(Parse.GetValue(GlobalOptions.Server), Screen, Verbose, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Screen.Aside("Interrupted before anything was asked for.", Tone.Warning);
            throw;
        }
    }

    public async Task<TerradevClient> ClientAsync(CancellationToken cancellationToken) => (await ServerAsync(cancellationToken)).Client;

    /// <summary>The answer as JSON, or as the report makes it for the width of the screen.</summary>
    public int Print<T>(T answer, Func<T, int, IReadOnlyList<IReadOnlyList<Span>>> report)
    {
        if (Json)
        {
            Document(answer);
        }
        else
        {
            Screen.Lines(report(answer, Screen.Width));
        }

        return ExitCodes.Done;
    }

    public void Document<T>(T value) => Screen.Document(JsonSerializer.Serialize(value, Indented));

    public void Entries(IEnumerable<Entry> entries)
    {
        foreach (var entry in entries)
        {
            Screen.Lines(Layout.Fit(entry, Screen.Width));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}

/// <summary>The options that every command takes.</summary>
internal static class GlobalOptions
{
    public static Option<OutputFormat> Output { get; } = new("--output", "-o")
    {
        Description = "How to print the result: 'text', or 'json' for one document on standard output and nothing else there.",
        HelpName = "text|json",
        Recursive = true,
    };

    public static Option<bool> Verbose { get; } = new("--verbose", "-v")
    {
        Description = "Also print what Terraform and the embedded server say, to standard error.",
        Recursive = true,
    };

    public static Option<Uri?> Server { get; } = new("--server")
    {
        Description = "Address of a Terradev server [TERRADEV_URL]; its key is read from TERRADEV_API_KEY. Without one the command starts a server of its own for as long as it runs.",
        HelpName = "url",
        Recursive = true,
        DefaultValueFactory = result => Environment.GetEnvironmentVariable("TERRADEV_URL") is { Length: > 0 } url ? ReadAddress(url, result.AddError) : null,
        CustomParser = result => ReadAddress(result.Tokens[0].Value, result.AddError),
    };

    private static Uri? ReadAddress(string text, Action<string> refuse)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        refuse($"'{text}' is not the address of a server. Write it like http://127.0.0.1:8080.");
        return null;
    }
}
