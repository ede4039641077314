using System.CommandLine;
using Terradev.Cli.Up;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Tests;

public sealed class TerradevCommandTests
{
    [Theory]
    [InlineData("up google-bert/bert-base-uncased")]
    [InlineData("apply x --yes")]
    [InlineData("list --output json")]
    [InlineData("show x --verbose")]
    [InlineData("approve x --comment fine")]
    [InlineData("reject x --comment no")]
    [InlineData("destroy x -y")]
    [InlineData("events x --server http://127.0.0.1:8080")]
    [InlineData("logs x --run 2")]
    [InlineData("models --search bert --task fill-mask --source huggingface --sort downloads --limit 5")]
    [InlineData("models --framework gguf --library transformers --license mit --min-parameters 350M --max-parameters 7B --fits 24 --mode qlora --precision int4 --facets")]
    [InlineData("models show custom:acme/tiny -o json")]
    [InlineData("models remove custom:acme/tiny")]
    [InlineData("sync")]
    [InlineData("sync huggingface pytorch-hub --full --wait")]
    [InlineData("sync --status")]
    [InlineData("verify gpt2 /tmp --path unet")]
    [InlineData("datasets --search imdb --task text-classification --source huggingface --sort downloads --limit 5")]
    [InlineData("offers --cloud aws --region us-east-1 --gpu L4 --gpu-count 1 --min-gpu-memory 16 --capacity spot --max-hourly 2.5 --sort price --limit 5")]
    [InlineData("recommend gpt2 --mode inference --precision int8 --context-length 1024 --batch-size 1 --goal cheapest-hour --top 3")]
    [InlineData("serve --urls http://127.0.0.1:9000")]
    [InlineData("version")]
    public void Every_command_takes_its_options(string line) => TerradevCommand.Create().Parse(line).Errors.ShouldBeEmpty();

    [Theory]
    [InlineData("up")]
    [InlineData("up a b")]
    [InlineData("up a --mode train")]
    [InlineData("up a --max-hourly 1,00")]
    [InlineData("up a --max-hourly 1e9")]
    [InlineData("up a --batch-size 1.5")]
    [InlineData("list --output yaml")]
    [InlineData("list --server ftp://x")]
    [InlineData("list --server x")]
    [InlineData("logs x --run last")]
    [InlineData("models --fits 24GB")]
    [InlineData("models --mode train")]
    [InlineData("models show")]
    [InlineData("models register /nowhere/file.json")]
    [InlineData("verify gpt2")]
    [InlineData("verify gpt2 /nowhere")]
    [InlineData("destroy")]
    [InlineData("frobnicate")]
    [InlineData("")]
    public void Wrong_usage_is_refused(string line) => TerradevCommand.Create().Parse(line).Errors.ShouldNotBeEmpty();

    [Fact]
    public void Up_sends_what_was_typed()
    {
        var parse = TerradevCommand.Create().Parse(
            "up google-bert/bert-base-uncased --dataset stanfordnlp/imdb --name mine --mode lora --precision bf16 --context-length 256 --batch-size 8 --cloud aws " +
            "--region eu-west-1 --capacity on-demand --instance-type g5.xlarge --max-hourly 1.00 --budget 20 --max-runtime 6.5 --goal cheapest-to-finish " +
            "--blueprint training --owner team-a --yes --rehearse");

        Up(parse).ShouldBe(new EnvironmentRequest
        {
            Model = "google-bert/bert-base-uncased",
            Dataset = "stanfordnlp/imdb",
            Name = "mine",
            Mode = WorkloadMode.Lora,
            Precision = Precision.Bf16,
            ContextLength = 256,
            BatchSize = 8,
            Cloud = Cloud.Aws,
            Region = "eu-west-1",
            Capacity = CapacityPreference.OnDemand,
            InstanceType = "g5.xlarge",
            Budget = new Budget { MaxHourly = 1.00m, Total = 20 },
            MaxRuntimeHours = 6.5m,
            Goal = Goal.CheapestToFinish,
            Blueprint = "training",
            Owner = "team-a",
            AutoApprove = true,
            Rehearsal = true,
        });
    }

    [Fact]
    public void Up_leaves_to_the_server_what_was_not_typed() =>
        Up(TerradevCommand.Create().Parse("up gpt2")).ShouldBe(new EnvironmentRequest { Model = "gpt2" });

    [Fact]
    public void Up_sends_options_as_JSON_and_tags_as_text()
    {
        var request = Up(TerradevCommand.Create().Parse(
            ["up", "--variable", "nat_gateway=true", "gpt2", "--variable", """command=["a=b"]""", "--tag", "team=a=b", "--tag", "empty="]));
        request.Model.ShouldBe("gpt2");
        request.Variables!.ToDictionary(variable => variable.Key, variable => variable.Value.GetRawText())
            .ShouldBe(new Dictionary<string, string> { ["nat_gateway"] = "true", ["command"] = """["a=b"]""" }, ignoreOrder: true);
        request.Tags.ShouldBe(new Dictionary<string, string> { ["team"] = "a=b", ["empty"] = "" }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("--variable", "nat_gateway")]
    [InlineData("--variable", "=true")]
    [InlineData("--variable", "image=nginx")]
    [InlineData("--variable", "a=")]
    [InlineData("--tag", "team")]
    public void Options_and_tags_that_are_no_pairs_are_refused_before_anything_is_sent(string option, string typed) =>
        TerradevCommand.Create().Parse(["up", "gpt2", option, typed]).Errors.ShouldNotBeEmpty();

    [Fact]
    public void An_option_that_is_named_twice_is_refused() =>
        TerradevCommand.Create().Parse(["up", "gpt2", "--tag", "a=1", "--tag", "a=2"]).Errors.ShouldHaveSingleItem().Message.ShouldContain("twice");

    private static EnvironmentRequest Up(ParseResult parse) => parse.CommandResult.Command.ShouldBeOfType<UpCommand>().Request(parse);
}
