using System.Diagnostics;
using Terradev.ModelRegistry.Hubs;

namespace Terradev.ModelRegistry.Tests.Hubs;

public class PyTorchHubConfTests
{
    [Fact]
    public void Functions_classes_and_imports_are_entry_points()
    {
        var conf = HubConf.Read("""
            # Optional list of dependencies
            dependencies = ["torch", 'numpy']  # and no more

            from models.resnet import resnet18, resnet50 as big_resnet
            from models import (
                vit_b_16,  # def not_this():
                _hidden,
                vit_l_16 as vit_large,
            )
            import sys, os
            from __future__ import annotations

            def unet(pretrained=False, **kwargs):
                '''Docs with def inside():
            def text_at_column_zero():
                '''
                def helper():
                    pass
                from somewhere import inner
                return Model(
            def_not=1)

            async def slow(): return 1
            class Tokenizer(object):
                def method(self): pass
            def _private(): pass
            def a(): pass; b = 1
            alias = unet
            part = functools.partial(unet, pretrained=True)
            square = lambda x: x * x
            constant = 7
            x = y = 2
            """);

        conf.EntryPoints.ShouldBe(["resnet18", "big_resnet", "vit_b_16", "vit_large", "unet", "slow", "Tokenizer", "a", "alias", "part", "square"]);
        conf.Dependencies.ShouldBe(["torch", "numpy"]);
        conf.HasMore.ShouldBeFalse();
    }

    [Fact]
    public void What_a_module_does_under_try_and_if_belongs_to_it()
    {
        var conf = HubConf.Read("""
            try:
                from fast import encoder
            except ImportError:
            	from slow import encoder
            if torch.cuda.is_available():
                def on_gpu():
                    def nested(): pass
                def on_gpu_too(): pass
            if __name__ == '__main__':
                def only_as_script(): pass
            with lock: from late import one
            """);

        conf.EntryPoints.ShouldBe(["encoder", "on_gpu", "on_gpu_too"]);
    }

    [Theory]
    [InlineData("from models import *")]
    [InlineData("for name in names:\n    globals()[name] = make(name)")]
    [InlineData("setattr(sys.modules[__name__], 'x', f)")]
    public void Names_made_at_run_time_are_known_to_be_missing(string file) => HubConf.Read(file).HasMore.ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("def")]
    [InlineData("from")]
    [InlineData("from x")]
    [InlineData("from x import")]
    [InlineData("class :")]
    [InlineData("'''never closed\ndef x(): pass")]
    [InlineData("\"never closed\\")]
    [InlineData("((((((((((((((((\ndef x(): pass")]
    [InlineData("\\")]
    [InlineData("\\\r\n")]
    [InlineData(";;;;")]
    [InlineData("dependencies = ")]
    [InlineData("= = =")]
    [InlineData("\0\u0001\ud800 \uffff")]
    [InlineData("<html><body>Not found</body></html>")]
    public void What_is_no_Python_offers_nothing(string file) => HubConf.Read(file).EntryPoints.ShouldBeEmpty();

    [Fact]
    public void A_string_that_its_line_ends_does_not_swallow_the_next()
    {
        HubConf.Read("x = 'oops\ndef next(): pass").EntryPoints.ShouldBe(["next"]);
        HubConf.Read("x = r'\\'' + b\"\"\"def no(): pass\n\"\"\"\ndef yes(): pass").EntryPoints.ShouldBe(["yes"]);
        HubConf.Read("x = 1 + \\\n    2\ndef yes(): pass").EntryPoints.ShouldBe(["yes"]);
    }

    [Theory]
    [InlineData("def f0(): pass\n")]
    [InlineData("if x:\n ")]
    [InlineData("(")]
    [InlineData("'")]
    [InlineData("\\")]
    [InlineData("from a import b, ")]
    [InlineData("\\\r")]
    public void A_file_of_any_size_is_read_in_bounded_time(string part)
    {
        var file = string.Concat(Enumerable.Repeat(part, 10 * 1024 * 1024 / part.Length));
        var watch = Stopwatch.StartNew();

        HubConf.Read(file).EntryPoints.Count.ShouldBeLessThanOrEqualTo(1000);

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Front_matter_is_words_and_lists_of_words()
    {
        var matter = FrontMatter.Read("\uFEFF---\r\ntitle: \"Once-for-All\"\r\naccelerator: \u201ccuda-optional\u201d\r\ntags: [vision, scriptable]\r\norder: 10\r\nempty:\r\n---\r\ntext\r\n---\r\nmore", out _).ShouldNotBeNull();

        (matter["title"], matter["Accelerator"], matter["order"], matter["empty"], matter["missing"]).ShouldBe(("Once-for-All", "cuda-optional", "10", null, null));
        matter.Fields["tags"].ShouldBe(["vision", "scriptable"]);
        matter.Body.ShouldContain("more");
    }

    [Theory]
    [InlineData("title: x", "no front matter")]
    [InlineData("---\ntitle: x", "no front matter")]
    [InlineData("<html>", "no front matter")]
    [InlineData("---\na: &a [x, x]\nb: [*a, *a]\n---", "more than words")]
    [InlineData("---\na: &a x\n---", "more than words")]
    [InlineData("---\na: *b\n---", "more than words")]
    [InlineData("---\n<<: {a: b}\n---", "more than words")]
    [InlineData("---\na: !!python/object/apply:os.system ['true']\n---", "more than words")]
    [InlineData("---\na: {b: {c: d}}\n---", "more than words")]
    [InlineData("---\n? [a]\n: b\n---", "more than words")]
    [InlineData("---\n- a\n---", "not YAML")]
    [InlineData("---\ntitle: a: b: c\n---", "not YAML")]
    [InlineData("---\n\ta: [\n---", "not YAML")]
    [InlineData("---\n---", "not YAML")]
    public void Anything_else_is_refused_with_a_reason(string file, string reason)
    {
        FrontMatter.Read(file, out var told).ShouldBeNull();
        told.ShouldContain(reason);
    }

    [Fact]
    public void Long_and_deep_front_matter_is_refused()
    {
        foreach (var bomb in new[]
        {
            new string('[', 16_000), string.Concat(Enumerable.Repeat("[", 5000)) + string.Concat(Enumerable.Repeat("]", 5000)), new string('a', 100_000),
            string.Join('\n', Enumerable.Range(0, 500).Select(n => $"k{n}: v")), "t: [" + string.Join(',', Enumerable.Repeat("a", 500)) + "]",
        })
        {
            FrontMatter.Read($"---\n{(bomb[0] is '[' or 'a' ? "a: " : "")}{bomb}\n---\n", out var reason).ShouldBeNull();
            reason.ShouldNotBeEmpty();
        }
    }
}
