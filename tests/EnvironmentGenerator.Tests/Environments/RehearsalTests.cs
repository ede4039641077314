using System.IO.Compression;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.EnvironmentGenerator.Tests.Environments;

public sealed class RehearsalTests
{
    [Fact]
    public async Task A_rehearsal_plans_without_credentials_and_ends_as_generated()
    {
        await using var app = await EnvironmentGeneratorApp.StartAsync();
        var asked = await app.RequestAsync(EnvironmentGeneratorApp.Bert);
        asked.Rehearsal.ShouldBeTrue();
        var planned = await app.UntilAsync(asked.Id, e => e.Plan is not null || e.Status == EnvironmentStatus.Failed);

        planned.Reason.ShouldBeNull();
        planned.Status.ShouldBe(EnvironmentStatus.Generated);
        planned.Plan!.Add.ShouldBeGreaterThan(20);
        planned.Quote!.PerHour.ShouldBeGreaterThan(planned.Quote.Offer.PricePerHour!.Value);
        File.Exists(Path.Combine(planned.BundlePath!, "terraform.tfvars.json")).ShouldBeTrue();

        var runs = await app.GetAsync<Terradev.Contracts.Page<RunResponse>>($"/api/v1/environments/{asked.Id}/runs");
        runs.Items.ShouldHaveSingleItem().Status.ShouldBe(RunStatus.Planned);
        (await app.Client.GetStringAsync($"/api/v1/environments/{asked.Name}/runs/1/log")).ShouldContain("Plan:");

        using var zip = new ZipArchive(await app.Client.GetStreamAsync($"/api/v1/environments/{asked.Id}/bundle"));
        zip.Entries.Select(e => e.FullName).ShouldContain("modules/gpu-instance/main.tf");
    }
}
