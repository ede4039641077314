using System.Text;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.EnvironmentGenerator.Blueprints;
using Terradev.EnvironmentGenerator.Bundles;

namespace Terradev.EnvironmentGenerator.Tests.Blueprints;

public sealed class BlueprintRulesTests
{
    [Fact]
    public void The_example_is_taken() => Faults().ShouldBeEmpty();

    [Theory]
    [InlineData("resource \"aws_instance\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"id\"\n  }\n}", "Provisioners")]
    [InlineData("resource \"terraform_data\" \"a\" {\n  connection {}\n}", "Provisioners")]
    [InlineData("removed {\n  from = aws_instance.a\n  provisioner \"local-exec\" {\n    when = destroy\n  }\n}", "Provisioners")]
    [InlineData("data \"external\" \"a\" {}", "data \"external\" is not taken")]
    [InlineData("data \"terraform_remote_state\" \"a\" {}", "data \"terraform_remote_state\" is not taken")]
    [InlineData("resource \"null_resource\" \"a\" {}", "resource \"null_resource\" is not taken")]
    [InlineData("check \"a\" {\n  data \"http\" \"b\" {}\n}", "data \"http\" is not taken")]
    [InlineData("ephemeral \"aws_x\" \"a\" {}", "kind ephemeral")]
    [InlineData("provider \"google\" {}", "The only provider is aws")]
    [InlineData("provider \"aws\" {\n  alias = \"b\"\n  shared_config_files = [\"./x\"]\n}", "shared_config_files")]
    [InlineData("provider \"aws\" {\n  alias = \"b\"\n  profile = \"x\"\n}", "profile")]
    [InlineData("provider \"aws\" {\n  alias = \"b\"\n  endpoints {\n    s3 = \"http://x\"\n  }\n}", "endpoints")]
    [InlineData("terraform {\n  backend \"s3\" {}\n}", "only backend")]
    [InlineData("terraform {\n  backend \"local\" {\n    path = \"/etc/x\"\n  }\n}", "only backend")]
    [InlineData("terraform {\n  cloud {}\n}", "terraform.cloud")]
    [InlineData("terraform {\n  required_providers {\n    aws = { source = \"evil/aws\" }\n  }\n}", "hashicorp/aws")]
    [InlineData("terraform {\n  required_providers {\n    random = { source = \"hashicorp/random\" }\n  }\n}", "The provider random")]
    [InlineData("locals {\n  a = file(\"/etc/passwd\")\n}", "file reads")]
    [InlineData("locals {\n  a = file(\"../x\")\n}", "file reads")]
    [InlineData("locals {\n  a = file(\"~/.aws/credentials\")\n}", "file reads")]
    [InlineData("locals {\n  a = file(\"${path.module}/../x\")\n}", "file reads")]
    [InlineData("locals {\n  a = file(\"${path.module}/${var.colour}\")\n}", "file reads")]
    [InlineData("locals {\n  a = file(\"/etc${path.module}\")\n}", "file reads")]
    [InlineData("locals {\n  a = file(var.colour)\n}", "file reads")]
    [InlineData("locals {\n  a = core::file(\n    var.colour\n  )\n}", "file reads")]
    [InlineData("locals {\n  a = \"${\"${filebase64(var.colour)}\"}\"\n}", "filebase64 reads")]
    [InlineData("locals {\n  a = <<EOT\n${file(var.colour)}\nEOT\n}", "file reads")]
    [InlineData("locals {\n  a = fileset(path.module, \"../../*\")\n}", "pattern of fileset")]
    [InlineData("locals {\n  a = templatestring(var.colour, {})\n}", "templatestring")]
    [InlineData("resource \"aws_s3_object\" \"a\" {\n  source = \"/etc/passwd\"\n}", "source is the path")]
    [InlineData("resource \"aws_lambda_function\" \"a\" {\n  filename = var.colour\n}", "filename is the path")]
    [InlineData("module \"a\" {\n  source = \"terraform-aws-modules/vpc/aws\"\n}", "A module's source")]
    [InlineData("module \"a\" {\n  source = \"git::https://example.com/x\"\n}", "A module's source")]
    [InlineData("module \"a\" {\n  source = \"../../x\"\n}", "leads out")]
    [InlineData("module \"a\" {\n  source = \"../../../modules/aws/none\"\n}", "leads out")]
    [InlineData("module \"a\" {\n  source = \"./none\"\n}", "There is no module in ./none")]
    [InlineData("locals {\n  a = \"\n}", "a text is not closed")]
    public void What_could_do_harm_is_refused_with_its_line(string text, string cause)
    {
        var fault = Faults(("more.tf", "\n" + text)).ShouldHaveSingleItem();
        fault.File.ShouldBe("more.tf");
        fault.Cause.ShouldContain(cause);
        fault.Cause.ShouldMatch("^line [2-9]:");
    }

    [Theory]
    [InlineData("locals {\n  a = fileset(path.module, \"*.txt\")\n  b = filebase64(\"note.txt\")\n  c = \"file(\\\"/etc/passwd\\\")\"\n}")]
    [InlineData("resource \"terraform_data\" \"a\" {\n  input = templatefile(\"${path.module}/note.txt\", { x = 1 })\n}")]
    [InlineData("module \"network\" {\n  source = \"../../../modules/aws/bootstrap\"\n}")]
    [InlineData("module \"mine\" {\n  source = \"./parts/mine\"\n}")]
    public void What_does_none_is_taken(string text) => Faults(("more.tf", text), ("parts/mine/main.tf", "locals {}")).ShouldBeEmpty();

    [Fact]
    public void The_functions_of_a_template_are_looked_at_too()
    {
        var fault = Faults(("more.tf", "locals {\n  a = templatefile(\"${path.module}/t.txt\", {})\n}"), ("t.txt", "one\n${file(\"/etc/passwd\")}\n")).ShouldHaveSingleItem();
        (fault.File, fault.Cause[..7]).ShouldBe(("t.txt", "line 2:"));
    }

    [Fact]
    public void Nested_modules_are_looked_at_too() =>
        Faults(("parts/mine/main.tf", "data \"external\" \"a\" {}")).ShouldHaveSingleItem().File.ShouldBe("parts/mine/main.tf");

    [Fact]
    public void Every_missing_variable_is_named() => Faults(("variables.tf", "variable \"name\" {}")).Select(fault => fault.Cause.Split(' ')[2])
        .ShouldBe(["installation", "environment", "owner", "expires_at", "region", "instance_type", "capacity", "tags", "rehearsal", "force_destroy"]);

    [Theory]
    [InlineData("/etc/x.tf")]
    [InlineData("../x.tf")]
    [InlineData("a/../x.tf")]
    [InlineData("a\\..\\x.tf")]
    [InlineData("C:x.tf")]
    [InlineData("a//x.tf")]
    [InlineData(".terraform/x")]
    [InlineData("a/.hidden")]
    [InlineData("x\n.tf")]
    [InlineData("main.tf.json")]
    [InlineData("main.tofu")]
    [InlineData("override.tf")]
    [InlineData("a_override.tf")]
    [InlineData("terraform.tfvars")]
    [InlineData("x.auto.tfvars.json")]
    [InlineData("terraform.tfstate")]
    public void A_path_that_could_do_harm_is_refused(string path) =>
        BlueprintZip.Read(ExampleBlueprint.Zip([(path, [65], 0)])).Faults.ShouldHaveSingleItem();

    [Fact]
    public void Links_doubles_binaries_too_many_and_too_large_are_refused()
    {
        BlueprintZip.Read(ExampleBlueprint.Zip([("a", "/etc/passwd"u8.ToArray(), 0xA1FF << 16)])).Faults.ShouldHaveSingleItem().Cause.ShouldContain("symbolic link");
        BlueprintZip.Read(ExampleBlueprint.Zip([("a", [65], 0), ("A", [65], 0)])).Faults.ShouldHaveSingleItem().Cause.ShouldContain("twice");
        BlueprintZip.Read(ExampleBlueprint.Zip([("a", [65], 0), ("a/b", [65], 0)])).Faults.ShouldHaveSingleItem().Cause.ShouldContain("file and a folder");
        BlueprintZip.Read(ExampleBlueprint.Zip([("a.bin", [0, 1], 0), ("b.txt", [0xFF], 0), ("c.zip", [0xFF, 0], 0)])).Faults.Select(fault => fault.File).ShouldBe(["a.bin", "b.txt"]);
        BlueprintZip.Read(ExampleBlueprint.Zip(Enumerable.Range(0, 201).Select(n => ($"f{n}", new byte[] { 65 }, 0)))).Faults.ShouldHaveSingleItem().Cause.ShouldContain("201 files");
        BlueprintZip.Read(ExampleBlueprint.Zip([("a.txt", Encoding.ASCII.GetBytes(new string('a', 17 << 20)), 0)])).Faults.ShouldHaveSingleItem().Cause.ShouldContain("16 MiB");
        BlueprintZip.Read("no zip"u8.ToArray()).Faults.ShouldHaveSingleItem().Cause.ShouldContain("no zip");
    }

    private static IReadOnlyList<BlueprintFault> Faults(params (string Path, string Text)[] changes)
    {
        var (files, faults) = BlueprintZip.Read(ExampleBlueprint.Zip(ExampleBlueprint.Files(changes)));
        faults.ShouldBeEmpty();
        var (blueprint, clashes) = Blueprint.Assemble(Cloud.Aws, "mine", files);
        clashes.ShouldBeEmpty();
        return BlueprintRules.Faults(blueprint.Files, files.Select(file => file.Path).ToHashSet());
    }
}
