using Terradev.Contracts;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>Says in our words why Terraform failed, with its own words behind.</summary>
internal static class TerraformFailure
{
    private const int MostErrors = 5;
    private const int LongestDetail = 2000;

    public static Refusal Explain(TerraformExit exit, IReadOnlyList<string> errors)
    {
        var said = errors.Count > 0
            ? string.Join(" | ", errors.Take(MostErrors)) + (errors.Count > MostErrors ? $" | and {errors.Count - MostErrors} more" : "")
            : exit.StandardError.Length > 0 ? exit.StandardError : $"exit code {exit.Code}, no message";
        said = said.Length > LongestDetail ? said[..LongestDetail] + "..." : said;
        if (exit.Ended == TerraformExit.Outcome.TimedOut)
        {
            return new Refusal(RefusalCodes.TimedOut, $"Terraform took too long and was interrupted: {said}", "Try again; if it stays, look at the run's log.");
        }

        return said switch
        {
            _ when Has(said, "Failed to query available provider packages", "Failed to install provider", "Could not retrieve the list of available versions", "Inconsistent dependency lock file") =>
                new(RefusalCodes.ProviderUnavailable, $"The Terraform provider cannot be installed: {said}", "Check the network, or name a local mirror in Terraform__ProviderMirror."),
            _ when Has(said, "No valid credential sources found", "InvalidClientTokenId", "ExpiredToken", "security token included in the request is invalid") =>
                new(RefusalCodes.CredentialsMissing, $"AWS did not accept the credentials: {said}", "Set AWS credentials that are valid, then POST .../apply."),
            _ when Has(said, "BucketNotEmpty") =>
                new(RefusalCodes.BucketNotEmpty, $"A bucket still holds data, so it was kept: {said}", "Copy what you need, then DELETE the environment again with ?deleteData=true."),
            _ => new(RefusalCodes.TerraformFailed, said, "Look at the run's log; then POST .../apply to try again, or DELETE the environment."),
        };
    }

    private static bool Has(string text, params ReadOnlySpan<string> signs)
    {
        foreach (var sign in signs)
        {
            if (text.Contains(sign, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
