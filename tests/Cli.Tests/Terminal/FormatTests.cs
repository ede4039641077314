using Terradev.Cli.Terminal;

namespace Terradev.Cli.Tests.Terminal;

public sealed class FormatTests
{
    [Theory]
    [InlineData(0.18941, "$0.1894/h")]
    [InlineData(1234.5, "$1,234.5000/h")]
    public void Hourly_prices_have_four_decimals(double usd, string expected) => Format.PerHour((decimal)usd).ShouldBe(expected);

    [Theory]
    [InlineData(1.386, "$1.39")]
    [InlineData(1.381, "$1.39")]
    [InlineData(1.38, "$1.38")]
    [InlineData(0.0001, "$0.01")]
    [InlineData(0, "$0.00")]
    public void Totals_never_look_smaller_than_they_are(double usd, string expected) => Format.Total((decimal)usd).ShouldBe(expected);

    [Theory]
    [InlineData(0L, "0.0")]
    [InlineData(1L, "<0.1")]
    [InlineData(1024L * 1024 * 1024, "1.0")]
    [InlineData(80L * 1024 * 1024 * 1024 * 1024, "81,920.0")]
    public void Memory_is_in_GiB_with_one_decimal(long bytes, string expected) => Format.GiBs(bytes).ShouldBe(expected);

    [Theory]
    [InlineData(1000L, "under 1 MiB")]
    [InlineData(83_446_840L, "80 MiB")]
    [InlineData(3_650_722_202L, "3.4 GiB")]
    [InlineData(1_319_413_953_331L, "1.2 TiB")]
    public void Sizes_use_the_unit_that_reads_best(long bytes, string expected) => Format.Size(bytes).ShouldBe(expected);

    [Theory]
    [InlineData(999L, "999")]
    [InlineData(109_482_240L, "109.5 M")]
    [InlineData(8_030_261_248L, "8.0 B")]
    public void Parameters_are_in_millions_and_billions(long count, string expected) => Format.Parameters(count).ShouldBe(expected);

    [Theory]
    [InlineData(6, "6 h")]
    [InlineData(12.5, "12.5 h")]
    [InlineData(0.25, "15 min")]
    public void Hours_read_as_people_say_them(double hours, string expected) => Format.Hours((decimal)hours).ShouldBe(expected);

    [Theory]
    [InlineData("2026-11-22T10:04:00Z", "today 10:04")]
    [InlineData("2026-11-23T01:00:00Z", "tomorrow 01:00")]
    [InlineData("2026-11-21T23:59:00Z", "yesterday 23:59")]
    [InlineData("2026-07-20T08:00:00Z", "2026-07-20 08:00")]
    public void Times_are_relative_to_the_reader_s_day(string time, string expected) => Sample.Clock.When(DateTimeOffset.Parse(time)).ShouldBe(expected);
}
