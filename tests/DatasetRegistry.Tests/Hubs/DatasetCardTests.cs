using Terradev.Contracts;
using Terradev.DatasetRegistry.Hubs;

namespace Terradev.DatasetRegistry.Tests.Hubs;

public class DatasetCardTests
{
    [Theory]
    [InlineData("stanfordnlp/imdb", 100_000, 83_446_840L, 133_190_302L)]
    [InlineData("rajpurkar/squad", 98_169, 16_278_203L, 89_819_092L)]
    [InlineData("ylecun/mnist", 70_000, 11_594_722L, 20_387_288L)]
    public void An_object_is_one_configuration(string id, long rows, long download, long size) => Size(id).ShouldBe(new DatasetSize(rows, download, size));

    [Fact]
    public void Counts_may_be_floats() => Size("uoft-cs/cifar10").ShouldBe(new DatasetSize(60_000, null, 136_379_890));

    [Fact]
    public void The_size_is_the_sum_of_the_splits_whatever_the_card_says() =>
        Size("allenai/c4").ShouldBe(new DatasetSize(364_868_892 + 364_608, 326_778_635_540, 829_414_947_973));

    [Fact]
    public void A_list_without_a_default_counts_as_a_whole()
    {
        // One of the three tells no bytes, so the sum of bytes is unknown and that of rows is not.
        var size = Size("Salesforce/wikitext");

        size.Rows.ShouldBe((2 * (1_801_350 + 3760 + 4358)) + 36_718 + 3760 + 4358);
        size.SizeBytes.ShouldBeNull();
        size.DownloadBytes.ShouldBeNull();
    }

    [Fact]
    public void Configurations_that_are_only_named_leave_the_size_unknown()
    {
        var card = Sample.Card("nyu-mll/glue");
        var configurations = DatasetCard.Configurations(card);

        configurations.Count.ShouldBe(12);
        DatasetCard.DefaultConfiguration(card, configurations).ShouldBeNull();
        Size("nyu-mll/glue").Rows.ShouldBeNull();
    }

    [Fact]
    public void A_marked_default_counts_alone() =>
        Size(Sample.Json("""
            {"configs":[{"config_name":"a"},{"config_name":"b","default":true}],
             "dataset_info":[{"config_name":"a","download_size":1,"splits":[{"name":"train","num_bytes":2,"num_examples":3}]},
                             {"config_name":"b","download_size":10,"splits":[{"name":"train","num_bytes":20,"num_examples":30}]}]}
            """)).ShouldBe(new DatasetSize(30, 10, 20));

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("""{"dataset_info":"none","configs":7,"config_names":{"a":1}}""")]
    [InlineData("""{"dataset_info":[1,null,"x"]}""")]
    [InlineData("""{"dataset_info":{"splits":[{"name":5,"num_examples":-1,"num_bytes":1e300}],"download_size":"10 GB"}}""")]
    public void Odd_cards_tell_no_size(string card) => Size(Sample.Json(card)).ShouldBe(new DatasetSize(null, null, null));

    [Theory]
    [InlineData("""{"license":"mit"}""", "mit")]
    [InlineData("""{"license":["odc-by","x"]}""", "odc-by")]
    [InlineData("""{"license":[]}""", null)]
    [InlineData("""{"license":{"name":"mit"}}""", null)]
    public void A_licence_is_a_word_or_a_list(string card, string? license) => DatasetCard.License(Sample.Json(card)).ShouldBe(license);

    [Fact]
    public void Sums_do_not_overflow() => DatasetSize.Sum([.. Enumerable.Repeat((long?)DatasetSize.Largest, 10_000)]).ShouldBeNull();

    private static DatasetSize Size(string id) => Size(Sample.Card(id));

    private static DatasetSize Size(System.Text.Json.JsonElement card)
    {
        var configurations = DatasetCard.Configurations(card);
        return DatasetSize.Of(new HubDataset(
            "huggingface", "a/b", null, null, null, null, false, null, null, [], configurations, DatasetCard.DefaultConfiguration(card, configurations), null,
            new Provenance("huggingface", DateTimeOffset.UnixEpoch)));
    }
}
