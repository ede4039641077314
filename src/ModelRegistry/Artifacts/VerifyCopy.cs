using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;

namespace Terradev.ModelRegistry.Artifacts;

/// <summary>Checks a request, finds the model and compares; nothing is stored and no file is read.</summary>
internal sealed class VerifyCopy(FindModel models)
{
    public async Task<(CopyReport? Report, Refusal? Refusal)> RunAsync(VerifyRequest request, CancellationToken cancellationToken)
    {
        Dictionary<string, string[]> errors = [];
        if (!HubReference.TryParse(request.Model, out _))
        {
            errors["model"] = ["A model is written source:id, such as huggingface:google-bert/bert-base-uncased."];
        }

        var folder = FolderOf(request.Path, errors);
        if (request.Files is not { } files)
        {
            files = [];
            errors["files"] = ["Name every file of the copy with its path, sizeBytes and checksum."];
        }

        FileRules.Check(files, errors);
        if (errors.Count == 0 && files.FirstOrDefault(file => !CopyCheck.IsIn(folder, file!.Path!)) is { Path: var outside })
        {
            errors["path"] = [$"Not every file is in this folder: {outside}."];
        }

        if (errors.Count > 0)
        {
            return (null, new(RefusalCodes.InvalidRequest, "The copy cannot be verified as it is described.", "Correct the fields named in errors.", errors));
        }

        var found = await models.RunAsync(request.Model, cancellationToken);
        if (found.Model is not { } model)
        {
            return (null, found.Refusal);
        }

        if (!model.Files.Any(file => CopyCheck.IsIn(folder, file.Path)))
        {
            return (null, folder is not null && model.Files.Count > 0
                ? new(RefusalCodes.ModelFilesUnknown, $"The catalogue knows no file of {model.Source}:{model.Id} in the folder {folder}.", "Name a folder of the repository as path, or leave it out.")
                : new(RefusalCodes.ModelFilesUnknown, $"The catalogue knows no files of {model.Source}:{model.Id} to compare with.", "Verify again when the hub can be reached; a registered model needs its files declared."));
        }

        return (CopyCheck.Of(model, folder, files!), null);
    }

    private static string? FolderOf(string? path, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(path))
        {
            return null;
        }

        var folder = path.EndsWith('/') ? path[..^1] : path;
        if (folder.Length is 0 or > FileRules.LongestPath || !FileRules.IsRelative(folder))
        {
            errors["path"] = ["Use the path of a folder within the repository, such as unet."];
        }

        return folder;
    }
}
