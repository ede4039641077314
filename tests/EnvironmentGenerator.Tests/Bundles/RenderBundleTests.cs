using System.IO.Compression;
using System.Text.Json;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.EnvironmentGenerator.Tests.Bundles;

public sealed class RenderBundleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Blueprint Training = Blueprint.Find(Cloud.Aws, "training")!;

    [Fact]
    public void A_bundle_has_only_the_modules_it_uses_and_reaches_them_beside_itself()
    {
        var main = Training.Files.Single(file => file.Path == "main.tf").Text;
        main.ShouldNotContain("../");
        main.ShouldContain("\"./modules/network\"");
        Training.Files.Select(file => file.Path).ShouldContain("modules/bootstrap/boot.sh.tftpl");
        Training.Files.ShouldAllBe(file => !file.Path.Contains("tftest", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_environment_gives_the_same_bytes()
    {
        var environment = Environment("me");
        var target = new BundleTarget("installation", SimulatedEndpoint: false);
        RenderBundle.Zip(RenderBundle.Files(Training, environment, target, Now)).ShouldBe(RenderBundle.Zip(RenderBundle.Files(Training, environment, target, Now)));
    }

    [Fact]
    public void A_binary_file_keeps_its_bytes_on_disk_and_in_the_zip()
    {
        byte[] bytes = [0x50, 0x4B, 3, 4, 0xFF, 0xFE, 0x80, 0, 0xEF, 0xBB, 0xBF];
        BundleFile[] files = [new("modules/x/code.zip", bytes), new("a.txt", "é")];
        using (var zip = new ZipArchive(new MemoryStream(RenderBundle.Zip(files))))
        using (var content = zip.GetEntry("modules/x/code.zip")!.Open())
        {
            var read = new MemoryStream();
            content.CopyTo(read);
            read.ToArray().ShouldBe(bytes);
        }

        var folder = Directory.CreateTempSubdirectory("bundle-").FullName;
        try
        {
            BundleFolder.Write(folder, files);
            File.ReadAllBytes(Path.Combine(folder, "modules/x/code.zip")).ShouldBe(bytes);
            File.ReadAllBytes(Path.Combine(folder, "a.txt")).ShouldBe([0xC3, 0xA9]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Values_travel_in_the_variables_file_and_nowhere_else()
    {
        const string owner = "\"; ${path.module} %{ if true } \u0001 \n</script>";
        var files = RenderBundle.Files(Training, Environment(owner), new BundleTarget("installation", SimulatedEndpoint: true), Now);
        var values = JsonDocument.Parse(files.Single(file => file.Path == "terraform.tfvars.json").Text).RootElement;
        values.GetProperty("owner").GetString().ShouldBe(owner);
        values.GetProperty("s3_use_path_style").GetBoolean().ShouldBeTrue();
        files.Where(file => file.Path.EndsWith(".tf", StringComparison.Ordinal)).ShouldBe(Training.Files.Where(file => file.Path.EndsWith(".tf", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_deadline_has_whole_seconds_in_UTC()
    {
        var files = RenderBundle.Files(Training, Environment("me"), new BundleTarget("i", false), new DateTimeOffset(2026, 1, 1, 12, 0, 0, 500, TimeSpan.FromHours(2)));
        JsonDocument.Parse(files.Single(file => file.Path == "terraform.tfvars.json").Text).RootElement.GetProperty("expires_at").GetString().ShouldBe("2026-01-01T10:00:00Z");
    }

    [Theory]
    [InlineData("us-east-1c", true)]
    [InlineData("use1-az4", false)]
    [InlineData(null, false)]
    public void The_machine_goes_to_the_zone_whose_price_was_quoted(string? zone, bool named)
    {
        var files = RenderBundle.Files(Training, Environment("me", zone), new BundleTarget("i", false), Now);
        var values = JsonDocument.Parse(files.Single(file => file.Path == "terraform.tfvars.json").Text).RootElement;
        values.TryGetProperty("availability_zones", out var zones).ShouldBe(named);
        if (named)
        {
            zones.EnumerateArray().Select(entry => entry.GetString()).ShouldBe([zone]);
        }
    }

    [Fact]
    public void Options_and_tags_travel_literally_and_none_stands_in_the_place_of_a_value_of_Terradev()
    {
        const string hostile = "\"; ${path.module} %{ if true } \u0001 </script>";
        var request = ExampleEnvironment.Request("training") with
        {
            Variables = new Dictionary<string, JsonElement>
            {
                ["region"] = JsonSerializer.SerializeToElement("mars-1"),
                ["rehearsal_x"] = JsonSerializer.SerializeToElement(1.50m),
                ["command"] = JsonSerializer.SerializeToElement(new[] { hostile }),
            },
            Tags = new Dictionary<string, string> { ["team"] = hostile },
        };
        var files = RenderBundle.Files(Training, ExampleEnvironment.Of(request), new BundleTarget("i", false), Now);
        var values = JsonDocument.Parse(files.Single(file => file.Path == "terraform.tfvars.json").Text).RootElement;
        values.GetProperty("region").GetString().ShouldBe("us-east-1");
        values.GetProperty("rehearsal_x").GetDecimal().ShouldBe(1.5m);
        values.GetProperty("command")[0].GetString().ShouldBe(hostile);
        values.GetProperty("tags").GetProperty("team").GetString().ShouldBe(hostile);
        values.GetProperty("max_runtime_hours").GetDecimal().ShouldBe(12);
        files.Where(file => file.Path != "terraform.tfvars.json").ShouldAllBe(file => !file.Text.Contains("${path.module} %{", StringComparison.Ordinal));
    }

    private static GpuEnvironment Environment(string owner, string? zone = null) => ExampleEnvironment.Of(ExampleEnvironment.Request("training"), owner, zone);
}
