using System.CommandLine;
using Microsoft.Extensions.Hosting;
using Terradev.Cli.Catalog;
using Terradev.Cli.Environments;
using Terradev.Cli.Models;
using Terradev.Cli.Up;
using Terradev.Standalone;

namespace Terradev.Cli;

/// <summary>The command line as a whole.</summary>
internal static class TerradevCommand
{
    public static RootCommand Create()
    {
        var root = new RootCommand($"""
            Turns a model, a dataset and a budget into a running GPU environment through Terraform.

            {ExitCodes.Help}
            """)
        {
            GlobalOptions.Output,
            GlobalOptions.Verbose,
            GlobalOptions.Server,
            new UpCommand(),
        };
        foreach (var command in EnvironmentCommands.All().Concat(CatalogCommands.All()))
        {
            root.Add(command);
        }

        root.Add(ModelCommands.Models());
        root.Add(new SyncCommand());
        root.Add(new VerifyCommand());
        root.Add(Serve());
        root.Add(Version());
        return root;
    }

    /// <summary>Parses and runs; <paramref name="cancellationToken"/> is Ctrl+C.</summary>
    public static async Task<int> RunAsync(string[] args, InvocationConfiguration configuration, CancellationToken cancellationToken)
    {
        var parse = Create().Parse(args);
        if (parse.Errors.Count == 0)
        {
            return await parse.InvokeAsync(configuration, cancellationToken);
        }

        foreach (var error in parse.Errors)
        {
            await configuration.Error.WriteLineAsync($"error: {Terminal.Printable.Line(error.Message)}");
        }

        var path = string.Join(' ', Path(parse.CommandResult.Command));
        await configuration.Error.WriteLineAsync($"Next step: see {path} --help");
        return ExitCodes.Usage;
    }

    private static IEnumerable<string> Path(Command command) => command switch
    {
        RootCommand => ["terradev"],
        _ => [.. command.Parents.OfType<Command>().SelectMany(Path), command.Name],
    };

    private static Command Serve()
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Addresses to listen on, separated by semicolons.",
            HelpName = "urls",
            DefaultValueFactory = _ => StandaloneApp.DefaultUrl,
        };
        return new Command("serve", "Run the server in the foreground until Ctrl+C: all services in one process.") { urls }.Runs(async (session, cancellationToken) =>
        {
            await using var app = StandaloneApp.Create(["--urls", session.Parse.GetRequiredValue(urls)]);
            await app.StartAsync(cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
            return ExitCodes.Done;
        });
    }

    private static Command Version() => new Command("version", "Print the version.").Runs((session, _) =>
    {
        if (session.Json)
        {
            session.Document(new { version = ProductVersion.Full });
        }
        else
        {
            session.Screen.Line(ProductVersion.Full);
        }

        return Task.FromResult(ExitCodes.Done);
    });
}
