using Terradev.Cli.Terminal;

namespace Terradev.Cli.Tests.Terminal;

public sealed class LayoutTests
{
    [Fact]
    public void A_table_is_not_cut_where_the_width_is_unlimited() =>
        Text(Layout.Table(["A", "B"], [[new string('x', 300), "1"]], int.MaxValue))[1].ShouldBe(new string('x', 300) + "  1");

    [Fact]
    public void The_widest_column_gives_way_but_never_names_and_figures() =>
        Text(Layout.Table(["NAME", "TASK", "SIZE"], [["a-name-to-be-copied", "a-task-that-is-far-too-long", "12"], ["short", "b", "3"]], 40, 2))
            .ShouldBe(["NAME                 TASK           SIZE", "a-name-to-be-copied  a-task-that-…    12", "short                b                 3"]);

    [Fact]
    public void A_column_that_says_nothing_is_left_out() =>
        Text(Layout.Table(["NAME", "OWNER", "SIZE"], [["a", "-", "1"], ["b", "-", "22"]], 80, 2)).ShouldBe(["NAME  SIZE", "a        1", "b       22"]);

    [Fact]
    public void Wide_characters_count_as_two_cells() =>
        Text(Layout.Table(["NAME", "N"], [["模型", "1"], ["abcd", "2"]], 80)).ShouldBe(["NAME  N", "模型  1", "abcd  2"]);

    [Fact]
    public void A_word_that_is_longer_than_the_line_is_broken() => Layout.Break("ab " + new string('x', 25), 10).ShouldBe(["ab", "xxxxxxxxxx", "xxxxxxxxxx", "xxxxx"]);

    private static List<string> Text(IReadOnlyList<IReadOnlyList<Span>> lines) => [.. lines.Select(line => string.Concat(line.Select(span => span.Text)))];
}
