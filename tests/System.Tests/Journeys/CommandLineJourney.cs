using System.Text.RegularExpressions;
using Terradev.SystemTests.Processes;
using Terradev.Testing;

namespace Terradev.SystemTests.Journeys;

/// <summary>The README's first command, as a stranger runs it: no server, no account, no hub.</summary>
public sealed partial class CommandLineJourney
{
    [Fact]
    public async Task Up_rehearses_without_an_account_and_leaves_a_valid_bundle()
    {
        Requires.Tool("terraform");
        var environment = new Dictionary<string, string> { ["Terradev__DataDirectory"] = TestRun.NewFolder("cli"), ["HF_ENDPOINT"] = "http://127.0.0.1:1" };
        string[] up = ["up", "google-bert/bert-base-uncased", "--dataset", "stanfordnlp/imdb", "--max-hourly", "1.00"];

        var output = await LocalProcess.RunAsync("terradev-up", Path.Combine(TestRun.Repository, "terradev"), up, environment, deadline: TimeSpan.FromMinutes(5));

        output.ShouldMatch(@"(?m)^\s*choice\s+\S+\.\S*(large|metal)\S* (spot|on-demand), us-east-1");
        output.ShouldMatch(@"(?m)^\s*choice\s.*\$\d+\.\d+/h.*\d{4}-\d{2}-\d{2}");
        output.ShouldMatch(@"(?m)^\s*plan\s+[1-9]\d* to add, 0 to change, 0 to destroy");
        output.ShouldContain("Nothing was created.");
        var bundle = BundleLine().Match(output).Groups["path"].Value;
        Directory.Exists(bundle).ShouldBeTrue(output);
        await BundleJourney.IsValidAsync(bundle);
    }

    [GeneratedRegex(@"^\s*bundle\s+(?<path>/\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BundleLine();
}
