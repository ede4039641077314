using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Terradev.EnvironmentGenerator.Blueprints;

namespace Terradev.EnvironmentGenerator.Tests.Blueprints;

public sealed class HclReaderTests
{
    public static TheoryData<string> EveryFile => [.. TerraformFiles.All];

    [Theory]
    [MemberData(nameof(EveryFile))]
    public void Every_file_of_the_repository_is_read_with_all_its_variables_and_outputs(string path)
    {
        var text = File.ReadAllText(Path.Combine(TerraformFiles.Folder, path));
        var (body, fault) = HclReader.Read(path, text);
        fault.ShouldBeNull();
        var headings = Regex.Matches(text, "^(?<type>[a-z]+)(?: \"[^\"]+\")* \\{", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        body!.Blocks.Select(block => block.Type).ShouldBe(headings.Select(heading => heading.Groups["type"].Value));
        VariablesFile.Read(path, text).Fault.ShouldBeNull();
    }

    [Fact]
    public void Blocks_labels_and_attributes_are_told_apart_from_text_that_looks_like_them()
    {
        var body = Read("""
            # variable "a" {
            /* variable "b" { */ // }
            variable "c" { type = string }
            resource "x" y {
              text  = "quote \" brace } and ${join("}", [for k, v in { "a" = "}" } : "${k}-${v}"])} $${literal}"
              call  = f(
                1,   # }
                "}"
              )
              inner {
                deep { n = 1.5e3 }
              }
            }
            """);
        body.Blocks.Select(block => string.Join(' ', block.Labels.Prepend(block.Type))).ShouldBe(["variable c", "resource x y"]);
        body.Blocks[1].Line.ShouldBe(4);
        body.Blocks[1].Body.Attributes.Keys.ShouldBe(["text", "call"]);
        body.Blocks[1].Body.Attributes["text"].All.ShouldContain(token => token.Is("join"));
        body.Blocks[1].Body.Blocks[0].Body.Blocks[0].Body.Attributes["n"].TryLiteral(out var number).ShouldBeTrue();
        number!.GetValue<decimal>().ShouldBe(1500);
    }

    [Theory]
    [InlineData("a = \"x\\n\\t\\\"\\\\\\u00e9\\U0001F600\"", "x\n\t\"\\é😀")]
    [InlineData("a = \"$${b} %%{c} $d\"", "${b} %{c} $d")]
    [InlineData("a = <<EOT\n  one\n EOT2\nEOT\n", "  one\n EOT2\n")]
    [InlineData("a = <<-EOT\n    one\n      two\n\n    EOT\n", "one\n  two\n\n")]
    [InlineData("a = <<EOT\r\none\r\nEOT\r\n", "one\r\n")]
    [InlineData("\uFEFFa = \"b\"", "b")]
    public void Literal_texts_are_what_Terraform_makes_of_them(string text, string value) => Read(text).Text("a").ShouldBe(value);

    [Theory]
    [InlineData("a = \"${b}\"")]
    [InlineData("a = <<EOT\n${b}\nEOT\n")]
    [InlineData("a = b")]
    [InlineData("a = [1, b]")]
    [InlineData("a = 1 + 1")]
    [InlineData("a = [for x in []: x]")]
    public void What_has_to_be_computed_is_no_literal(string text) => Read(text).Attributes["a"].TryLiteral(out _).ShouldBeFalse();

    [Theory]
    [InlineData("variable \"a\" {", 1, "a block is not closed.")]
    [InlineData("\na = \"b\n", 2, "a text is not closed on its line.")]
    [InlineData("a = <<EOT\nb\n", 1, "the text of <<EOT is not closed.")]
    [InlineData("/* a", 1, "a comment is not closed.")]
    [InlineData("a = [1\n", 2, "a ] is missing.")]
    [InlineData("a = (1]", 1, "a ] closes nothing.")]
    [InlineData("a =\n", 1, "a value is missing.")]
    [InlineData("a = 1\na = 2", 2, "a is set twice.")]
    [InlineData("}", 1, "the name of an attribute or block is missing.")]
    [InlineData("a b c", 1, "a is followed neither by = nor by a block.")]
    [InlineData("a = \"${b\"", 1, "a text is not closed on its line.")]
    [InlineData("a = \"\\x\"", 1, "a \\ in a text begins none of \\n \\r \\t \\\" \\\\ \\uNNNN \\UNNNNNNNN.")]
    [InlineData("a = ;", 1, "the character U+003B has no meaning here.")]
    public void A_fault_names_file_line_and_cause(string text, int line, string cause) =>
        HclReader.Read("main.tf", text).Fault.ShouldBe(new HclFault("main.tf", line, cause));

    [Theory]
    [InlineData("[", "", "brackets are nested too deep.")]
    [InlineData("\"${", "", "texts are nested too deep.")]
    public void Nesting_has_a_limit(string open, string close, string cause) =>
        HclReader.Read("main.tf", "a = " + Repeat(open, 5000) + Repeat(close, 5000)).Fault!.Cause.ShouldBe(cause);

    [Fact]
    public void Blocks_and_size_have_a_limit()
    {
        HclReader.Read("main.tf", Repeat("a {\n", 5000)).Fault!.Cause.ShouldBe("blocks are nested too deep.");
        HclReader.Read("main.tf", new string('\n', 1024 * 1024 + 1)).Fault!.Cause.ShouldContain("1,048,576");
        HclReader.Read("main.tf", "a = [" + Repeat("1,", 150_000) + "]").Fault!.Cause.ShouldBe("the file has too many pieces.");
    }

    // Pieces that the language gives a meaning to meet more of the reader than letters at random do.
    [Fact]
    public void Any_text_gives_a_body_or_a_fault()
    {
        string[] pieces = ["\"", "${", "%{", "}", "{", "[", "]", "(", ")", "<<E\n", "<<-E\n", "E\n", "\n", "\r", "\\", "\\u12", "/*", "*/", "//", "#", "=", ",", "variable ", "\"x\" ", "type", "default",
            "object", "optional(", "list(", "validation", "condition", "var.x", ">=", "1", "1e", "-", "\0", "\uD800", "\u00e9", "null", "for", "..."];
        var texts = Gen.Elements(pieces).ListOf().Select(list => string.Concat(list)).ToArbitrary();
        Prop.ForAll(texts, text => Answers(text) && Answers($"variable \"x\" {{\n{text}\n}}") && Answers($"variable \"x\" {{\n type = {text}\n}}"))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(60));
    }

    [Fact]
    public void Every_file_cut_short_or_with_a_letter_changed_gives_a_body_or_a_fault()
    {
        var random = new Random(1);
        foreach (var path in TerraformFiles.All.Where(path => path.StartsWith("blueprints/", StringComparison.Ordinal)))
        {
            var text = File.ReadAllText(Path.Combine(TerraformFiles.Folder, path));
            for (var i = 0; i < 20; i++)
            {
                Answers(text[..random.Next(text.Length)]).ShouldBeTrue();
                var changed = new StringBuilder(text) { [random.Next(text.Length)] = "\"{}$\n\\(["[random.Next(8)] };
                Answers(changed.ToString()).ShouldBeTrue();
            }
        }
    }

    private static bool Answers(string text)
    {
        var (file, fault) = VariablesFile.Read("x.tf", text);
        return file is null != (fault is null) && (file?.Variables.All(variable => variable.Schema().ToJsonString().Length > 0) ?? fault!.Line > 0);
    }

    private static HclBody Read(string text)
    {
        var (body, fault) = HclReader.Read("main.tf", text);
        fault.ShouldBeNull();
        return body!;
    }

    private static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();
}
