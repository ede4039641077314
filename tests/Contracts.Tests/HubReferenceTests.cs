namespace Terradev.Contracts.Tests;

public sealed class HubReferenceTests
{
    [Theory]
    [InlineData("huggingface:google-bert/bert-base-uncased", "huggingface", "google-bert/bert-base-uncased")]
    [InlineData("gpt2", "huggingface", "gpt2")]
    [InlineData("Qwen/Qwen2.5-7B-Instruct", "huggingface", "Qwen/Qwen2.5-7B-Instruct")]
    [InlineData("tensorflow-hub:google/universal-sentence-encoder/4", "tensorflow-hub", "google/universal-sentence-encoder/4")]
    [InlineData("pytorch-hub:pytorch/vision/resnet50", "pytorch-hub", "pytorch/vision/resnet50")]
    public void A_reference_is_a_source_and_an_id(string text, string source, string id)
    {
        HubReference.TryParse(text, out var reference).ShouldBeTrue();
        reference.ShouldBe(new HubReference(source, id));
        HubReference.TryParse(reference.ToString(), out var again).ShouldBeTrue();
        again.ShouldBe(reference);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(":")]
    [InlineData("huggingface:")]
    [InlineData(":gpt2")]
    [InlineData("a:b:c")]
    [InlineData("HuggingFace:gpt2")]
    [InlineData("hugging face:gpt2")]
    [InlineData("huggingface: gpt2")]
    [InlineData("gpt2 ")]
    [InlineData("gpt2\n")]
    [InlineData("gpt2\r\nX-Injected: 1")]
    [InlineData("gpt2\0")]
    [InlineData("/etc/passwd")]
    [InlineData("google-bert/")]
    [InlineData("google-bert//bert")]
    [InlineData("..")]
    [InlineData("../secrets")]
    [InlineData("a/../../b")]
    [InlineData("a/./b")]
    [InlineData("a\\..\\b")]
    [InlineData("a%2e%2e/b")]
    [InlineData("a?x=1")]
    [InlineData("a#b")]
    [InlineData("user@host")]
    [InlineData("https://huggingface.co/gpt2")]
    [InlineData("${jndi:ldap}")]
    [InlineData("$(touch x)")]
    [InlineData("gpt2;rm")]
    [InlineData("\"gpt2\"")]
    [InlineData("gpt２")]
    [InlineData("gрt2")]
    [InlineData("gpt2\u202e")]
    public void A_hostile_or_malformed_text_is_no_reference(string? text)
    {
        HubReference.TryParse(text, out var reference).ShouldBeFalse();
        reference.ShouldBeNull();
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public void An_id_has_at_most_200_characters(int length, bool valid) => HubReference.TryParse(new string('a', length), out _).ShouldBe(valid);

    [Theory]
    [InlineData(40, true)]
    [InlineData(41, false)]
    public void A_source_has_at_most_40_characters(int length, bool valid) => HubReference.TryParse(new string('a', length) + ":x", out _).ShouldBe(valid);
}
