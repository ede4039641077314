using System.CommandLine;
using System.Text;
using System.Text.Json;
using Terradev.Cli.Catalog;
using Terradev.Cli.Terminal;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Models;

/// <summary><c>terradev models</c>: lists the catalogue, shows one model, and registers models that are on no hub.</summary>
internal static class ModelCommands
{
    // What a server takes as a body.
    private const long LargestRegistration = 1024 * 1024;

    public static Command Models()
    {
        var filters = new Filters()
            .With("search", Text("--search", "Words of the name, the task, the tags or the description; or a part of the name."))
            .With("task", Text("--task", "Such as text-classification."))
            .With("framework", Text("--framework", "A library, format or other tag, such as transformers, gguf or safetensors."))
            .With("library", Text("--library", "The library that loads the model, such as diffusers."))
            .With("source", Text("--source", "The hub, such as huggingface; or custom for registered models."))
            .With("license", Text("--license", "Such as apache-2.0."))
            .With("minParameters", Text("--min-parameters", "At least so many parameters, such as 350M or 7B.", "count"))
            .With("maxParameters", Text("--max-parameters", "At most so many parameters, such as 350M or 7B.", "count"))
            .With("fitsInGiB", Words.Number<decimal>("--fits", "GiB of one GPU that the model has to fit in.", "gib"))
            .With("mode", Words.Option<WorkloadMode>("--mode", "What the model is to do there; inference when left out."))
            .With("precision", Words.Option<Precision>("--precision", "Number format there; fp16, for qlora int4, when left out."))
            .With("sort", Text("--sort", "popularity, trending, newest, size, parameters, downloads, likes or id."))
            .With("limit", Words.Number<int>("--limit", "How many to list.", "count", 20))
            .With("facets", new Option<bool>("--facets") { Description = "Also count what matches by hub, task, library and licence." });
        var command = filters.Command("models", "List the models that are known, the most popular first.", async (session, query, cancellationToken) =>
        {
            var page = await (await session.ClientAsync(cancellationToken)).ModelsAsync(query, cancellationToken);
            return Print(session, page, () => session.Screen.Lines(ModelReport.List(page, session.Screen.Width)));
        });
        command.Add(Show());
        command.Add(Register());
        command.Add(Remove());
        return command;
    }

    private static Option<string?> Text(string name, string description, string unit = "text") => new(name) { Description = description, HelpName = unit };

    private static Argument<string> Model() => new("model") { Description = "The model, such as google-bert/bert-base-uncased or custom:my-model." };

    private static Command Show()
    {
        var model = Model();
        return new Command("show", "Show a model: parameters, licence, what it needs, and similar and smaller ones.") { model }.Runs(async (session, cancellationToken) =>
        {
            var detail = await (await session.ClientAsync(cancellationToken)).ModelAsync(session.Parse.GetRequiredValue(model), cancellationToken);
            return Print(session, detail, () => session.Entries(ModelReport.Entries(detail)));
        });
    }

    private static Command Register()
    {
        var file = new Argument<FileInfo>("file") { Description = "JSON with at least an id; parameters, elementsByDtype, config or files tell the size." }.AcceptExistingOnly();
        var replace = new Option<bool>("--replace") { Description = "Replace what is registered under the id." };
        return new Command("register", "Register a model that is on no hub; it is then custom:id wherever a model is named.") { file, replace }.Runs(async (session, cancellationToken) =>
        {
            var json = await ReadAsync(session.Parse.GetRequiredValue(file), cancellationToken);
            var client = await session.ClientAsync(cancellationToken);
            var detail = session.Parse.GetValue(replace)
                ? await client.ReplaceAsync($"custom:{IdOf(json)}", json, cancellationToken)
                : await client.RegisterAsync(json, cancellationToken);
            return Print(session, detail, () => session.Screen.Line($"{Printable.Line(ModelReport.Reference(detail.Model))} is registered. To use it: terradev up {Printable.Line(ModelReport.Reference(detail.Model))}"));
        });
    }

    private static Command Remove()
    {
        var model = Model();
        return new Command("remove", "Remove a registered model.") { model }.Runs(async (session, cancellationToken) =>
        {
            var removed = session.Parse.GetRequiredValue(model);
            await (await session.ClientAsync(cancellationToken)).RemoveModelAsync(removed, cancellationToken);
            return Print(session, new { removed }, () => session.Screen.Line($"{Printable.Line(removed)} is no longer registered."));
        });
    }

    private static int Print<T>(Session session, T document, Action print)
    {
        if (session.Json)
        {
            session.Document(document);
        }
        else
        {
            print();
        }

        return ExitCodes.Done;
    }

    private static async Task<string> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        if (file.Length > LargestRegistration)
        {
            throw new Server.RefusedException(new Refusal(RefusalCodes.BodyTooLarge, $"{file.FullName} is larger than a registration may be.", "Send less than 1 MiB."));
        }

        try
        {
            return await File.ReadAllTextAsync(file.FullName, Encoding.UTF8, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new Server.RefusedException(new Refusal("file-unreadable", exception.Message, "Check the file and its permissions."), exception);
        }
    }

    private static string IdOf(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<RegisterModel>(json, TerradevJson.Options)?.Id ?? "";
        }
        catch (JsonException exception)
        {
            throw new Server.RefusedException(new Refusal(RefusalCodes.MalformedBody, $"The file is not a registration: {exception.Message}", "Compare it with the schema of RegisterModel in /openapi/v1.json."), exception);
        }
    }
}
