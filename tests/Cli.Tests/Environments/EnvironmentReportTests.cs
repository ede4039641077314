using Terradev.Cli.Environments;
using Terradev.Cli.Terminal;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.Cli.Tests.Environments;

public sealed class EnvironmentReportTests
{
    [Fact]
    public void Show_tells_why_a_run_failed_and_what_was_assumed()
    {
        var failed = Sample.Rehearsed with
        {
            Status = EnvironmentStatus.Failed,
            Conditions = ["expiring"],
            Reason = new Refusal(RefusalCodes.TerraformFailed, "Error: no capacity\nin us-east-1a", "Try another zone."),
        };
        using var output = new StringWriter { NewLine = "\n" };
        var screen = Screen.Plain(output, TextWriter.Null);

        foreach (var entry in EnvironmentReport.Entries(failed, Sample.Clock, "/home/someone"))
        {
            screen.Lines(Layout.Fit(entry, 100));
        }

        output.ToString().ShouldBeGolden("failed-100");
    }

    [Fact]
    public void A_list_reads_like_this()
    {
        using var output = new StringWriter { NewLine = "\n" };

        Screen.Plain(output, TextWriter.Null).Lines(EnvironmentReport.Table([Sample.Ready, Sample.Draft, Sample.Hostile], Sample.Clock, 100));

        output.ToString().ShouldBeGolden("list-100");
    }
}
