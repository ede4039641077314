using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Terradev.ComputeOptimizer.Prices;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class PythonLiteralTests
{
    [Fact]
    public void Details_of_the_clouds_are_read()
    {
        GpuDetails.TryRead("{'Gpus': [{'Name': 'V100', 'Manufacturer': 'NVIDIA', 'Count': 4, 'MemoryInfo': {'SizeInMiB': 16384}}], 'TotalGpuMemoryInMiB': 65536}", out var aws).ShouldBeTrue();
        GpuDetails.TryRead("{'Gpus': [{'MemoryInfo': {'SizeInMiB': 40960}}]}", out var gcp).ShouldBeTrue();
        GpuDetails.TryRead("A100-80GB", out var azure).ShouldBeTrue();

        aws.ShouldBe(new GpuDetails(4, 16384));
        gcp.ShouldBe(new GpuDetails(null, 40960));
        azure.ShouldBe(new GpuDetails(null, null));
    }

    [Theory]
    [InlineData("{'a': None, \"b\": [True, False, ()], 'c': ('x', 1.5e3,), }")]
    [InlineData("'it\\'s \\x41\\u00e9\\n'")]
    [InlineData("-3")]
    [InlineData(" [ ] ")]
    public void Literals_are_read(string text) => PythonLiteral.TryRead(text, out _).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("{'a'}")]
    [InlineData("{'a': }")]
    [InlineData("{1: 2}")]
    [InlineData("[1 2]")]
    [InlineData("[1] [2]")]
    [InlineData("{'a': 1")]
    [InlineData("'open")]
    [InlineData("'\\q'")]
    [InlineData("'\\x4'")]
    [InlineData("__import__('os').system('true')")]
    [InlineData("[x for x in (1,)]")]
    [InlineData("1e999")]
    [InlineData("[[[[[[[[[[1]]]]]]]]]]")]
    public void Anything_else_is_refused(string text) => PythonLiteral.TryRead(text, out _).ShouldBeFalse();

    [Fact]
    public void Escapes_are_undone()
    {
        PythonLiteral.TryRead("'it\\'s \\x41\\u00e9\\n\\\\'", out var value).ShouldBeTrue();

        value.ShouldBe("it's Aé\n\\");
    }

    [Fact]
    public void Whatever_the_text_is_an_answer_comes_back()
    {
        var texts = Gen.Elements("{", "}", "[", "]", "(", ")", "'", "\"", ":", ",", "\\", "x", "u", "1", "e", "-", ".", "None", "True", " ", "Gpus", "Count").ListOf().Select(string.Concat);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(texts.ToArbitrary(), text =>
            {
                PythonLiteral.TryRead(text, out _);
                GpuDetails.TryRead(text, out _);
            }));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll<string>(text =>
            {
                PythonLiteral.TryRead(text ?? "", out _);
            }));
    }

    [Fact]
    public void What_was_written_is_what_is_read() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(Values(3).ToArbitrary(), value => PythonLiteral.TryRead(Written(value), out var read) && Written(read) == Written(value)));

    private static Gen<object?> Values(int depth)
    {
        var plain = Gen.OneOf(
            Gen.Elements<object?>(null, true, false, "", "it's", "a\"b", "\\", "\n", "é"),
            Gen.Choose(-1000, 1000).Select(number => (object?)(number / 8m)));
        return depth == 0
            ? plain
            : Gen.OneOf(
                plain,
                Values(depth - 1).ListOf(3).Select(items => (object?)items.ToList()),
                Values(depth - 1).ListOf(2).Select(items => (object?)items.Index().ToDictionary(item => $"k{item.Index}", item => item.Item)));
    }

    private static string Written(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        decimal number => number.ToString("0.###", CultureInfo.InvariantCulture),
        string text => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}'",
        Dictionary<string, object?> fields => "{" + string.Join(", ", fields.Select(field => $"'{field.Key}': {Written(field.Value)}")) + "}",
        List<object?> items => "[" + string.Join(", ", items.Select(Written)) + "]",
        _ => throw new NotSupportedException(),
    };
}
