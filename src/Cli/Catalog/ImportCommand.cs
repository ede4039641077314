using System.CommandLine;
using System.Globalization;
using Terradev.Cli.Server;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Cli.Catalog;

/// <summary><c>terradev offers import</c>: a price list from a file, which is sent as it is, or from an address that the server fetches.</summary>
internal sealed class ImportCommand : Command
{
    private readonly Argument<string> _list = new("file-or-url") { Description = "SkyPilot's vms.csv or gpuhunt's items as CSV, or the address of such a list." };
    private readonly Option<PriceFormat?> _format = Words.Option<PriceFormat>("--format", "What it is written in; found out from the header when left out.");
    private readonly Option<Cloud?> _cloud = Words.Option<Cloud>("--cloud", "The cloud of a list that does not name it, such as SkyPilot's.");
    private readonly Option<string?> _source = new("--source") { Description = "The name under which the prices are kept; a later import under it replaces them.", HelpName = "name" };
    private readonly Option<DateTimeOffset?> _asOf = new("--as-of")
    {
        Description = "When the prices were valid, such as 2026-08-10; now when left out.",
        HelpName = "time",
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return time;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no time that --as-of takes, such as 2026-08-10 or 2026-08-10T12:00Z.");
            return null;
        },
    };

    public ImportCommand()
        : base("import", "Import a price list and say what was taken and what was not believed.")
    {
        Add(_list);
        Add(_format);
        Add(_cloud);
        Add(_source);
        Add(_asOf);
        this.Runs(RunAsync);
    }

    private async Task<int> RunAsync(Session session, CancellationToken cancellationToken)
    {
        var list = session.Parse.GetRequiredValue(_list);
        var request = new PriceImportRequest
        {
            Format = session.Parse.GetValue(_format),
            Cloud = session.Parse.GetValue(_cloud),
            Source = session.Parse.GetValue(_source),
            AsOf = session.Parse.GetValue(_asOf),
        };
        if (Uri.TryCreate(list, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            var client = await session.ClientAsync(cancellationToken);
            return session.Print(await client.ImportPricesAsync(request with { Url = list }, cancellationToken), PriceReport.Import);
        }

        await using var file = Open(list);
        return session.Print(await (await session.ClientAsync(cancellationToken)).ImportPricesAsync(file, request, cancellationToken), PriceReport.Import);
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException(new Refusal("file-unreadable", exception.Message, "Check the file and its permissions."), exception);
        }
    }
}
