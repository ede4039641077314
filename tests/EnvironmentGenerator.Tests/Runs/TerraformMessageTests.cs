using Terradev.EnvironmentGenerator.Runs;

namespace Terradev.EnvironmentGenerator.Tests.Runs;

public sealed class TerraformMessageTests
{
    [Fact]
    public void A_completed_resource_has_its_address_and_action()
    {
        var message = TerraformMessage.Parse("""{"@level":"info","@message":"aws_vpc.this: Creation complete after 1s [id=vpc-1]","type":"apply_complete","hook":{"resource":{"addr":"aws_vpc.this"},"action":"create","id_key":"id","id_value":"vpc-1","elapsed_seconds":1}}""");
        (message.Type, message.Address, message.Action).ShouldBe(("apply_complete", "aws_vpc.this", "create"));
        message.Text.ShouldBe("aws_vpc.this: Creation complete after 1s [id=vpc-1]");
    }

    [Fact]
    public void The_summary_has_the_counts() =>
        TerraformMessage.Parse("""{"@message":"Plan: 34 to add","type":"change_summary","changes":{"add":34,"change":1,"import":0,"remove":2,"operation":"plan"}}""")
            .Changes.ShouldBe((34, 1, 2));

    [Fact]
    public void Sensitive_outputs_are_left_out()
    {
        var outputs = TerraformMessage.Parse("""{"@message":"Outputs: 3","type":"outputs","outputs":{"id":{"sensitive":false,"value":"i-1"},"list":{"sensitive":false,"value":["a"]},"secret":{"sensitive":true,"value":"x"}}}""").Outputs!;
        outputs.Keys.ShouldBe(["id", "list"]);
        outputs["list"].ShouldBe("[\"a\"]");
    }

    [Fact]
    public void A_diagnostic_says_summary_and_detail() =>
        TerraformMessage.Parse("""{"@level":"error","@message":"Error: x","type":"diagnostic","diagnostic":{"severity":"error","summary":"Quota exceeded","detail":"Ask for more.","address":"aws_instance.this"}}""")
            .Text.ShouldBe("Quota exceeded: Ask for more.");

    [Theory]
    [InlineData("Error: not json")]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"type\":7")]
    public void What_is_no_object_is_kept_as_text(string line)
    {
        var message = TerraformMessage.Parse(line);
        (message.Type, message.Text).ShouldBe(("text", line));
    }

    [Theory]
    [InlineData("""{"type":7,"@message":[]}""")]
    [InlineData("""{"type":"apply_complete","hook":7}""")]
    [InlineData("""{"type":"change_summary","changes":{"add":"x"}}""")]
    public void Odd_fields_do_no_harm(string line) => TerraformMessage.Parse(line).ShouldNotBeNull();
}
