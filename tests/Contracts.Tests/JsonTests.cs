using System.Text.Json;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Contracts.Tests;

public sealed class JsonTests
{
    [Fact]
    public void Every_enum_is_written_in_the_words_of_the_api()
    {
        foreach (var type in typeof(Offer).Assembly.GetExportedTypes().Where(type => type.IsEnum))
        {
            foreach (var value in Enum.GetValues(type))
            {
                var word = JsonSerializer.Serialize(value, type, TerradevJson.Options);
                word.ShouldMatch("^\"[a-z0-9]+(-[a-z0-9]+)*\"$", $"{type.Name}.{value}");
                JsonSerializer.Deserialize(word, type, TerradevJson.Options).ShouldBe(value);
            }
        }
    }

    [Fact]
    public void Json_and_query_strings_use_the_same_words()
    {
        foreach (var value in Enum.GetValues<Capacity>())
        {
            JsonSerializer.Serialize(value, TerradevJson.Options).ShouldBe($"\"{Wire.Name(value)}\"");
            Wire.TryParse<Capacity>(Wire.Name(value), out var parsed).ShouldBeTrue();
            parsed.ShouldBe(value);
        }

        Wire.Names<CapacityPreference>().ShouldBe(["spot-preferred", "spot", "on-demand"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("OnDemand")]
    [InlineData("on_demand")]
    [InlineData("spot,on-demand")]
    public void Other_words_and_numbers_are_refused(string? word) => Wire.TryParse<Capacity>(word, out _).ShouldBeFalse();

    [Theory]
    [InlineData("\"2026-01-02T03:04:05Z\"", "\"2026-01-02T03:04:05.000Z\"")]
    [InlineData("\"2026-01-02T03:04:05.6789+02:00\"", "\"2026-01-02T01:04:05.678Z\"")]
    [InlineData("\"2026-01-01T23:30:00-01:00\"", "\"2026-01-02T00:30:00.000Z\"")]
    public void Times_are_written_in_utc_with_milliseconds(string read, string written) =>
        JsonSerializer.Serialize(JsonSerializer.Deserialize<DateTimeOffset>(read, TerradevJson.Options), TerradevJson.Options).ShouldBe(written);

    [Fact]
    public void Money_keeps_its_decimals() => JsonSerializer.Serialize(0.5310m, TerradevJson.Options).ShouldBe("0.5310");

    [Fact]
    public void Keys_of_a_dictionary_are_data_and_stay_as_they_are() =>
        JsonSerializer.Serialize(new Dictionary<string, int> { ["BF16"] = 1, ["Instance_Id"] = 2 }, TerradevJson.Options).ShouldBe("""{"BF16":1,"Instance_Id":2}""");
}
