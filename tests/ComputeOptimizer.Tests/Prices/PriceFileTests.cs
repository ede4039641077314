using System.Text;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Prices;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class PriceFileTests
{
    private static readonly DateTimeOffset AsOf = new(2026, 8, 10, 0, 0, 0, TimeSpan.Zero);

    // Prices of the halves as Google lists them for us-central1-a and us-east1-b.
    private const string Gcp =
        $$$$"""
        {{{{PriceLists.GcpHeader}}}}
        a2-highgpu-1g,12.0,85.0,,,,us-central1,us-central1-a,0.73948,0.29576
        a2-highgpu-4g,48.0,340.0,,,,us-central1,us-central1-a,2.95791,1.18302
        a2-highgpu-2g,24.0,170.0,,,,us-east1,us-east1-b,1.47895,0.59151
        a3-edgegpu-8g-nolssd,208.0,1872.0,,,,us-central1,us-central1-a,9.46006,2.17547
        n1-standard-8,8.0,30.0,,,,us-central1,us-central1-a,0.38,0.08
        ,,,A100,1,{'Gpus': [{'MemoryInfo': {'SizeInMiB': 40960}}]},us-central1,us-central1-a,2.93391,1.1472
        ,,,A100,4,{'Gpus': [{'MemoryInfo': {'SizeInMiB': 40960}}]},us-central1,us-central1-a,11.73563,4.5888
        ,,,H100,8,{'Gpus': [{'MemoryInfo': {'SizeInMiB': 81920}}]},us-central1,us-central1-a,78.3724,14.1056
        ,,,T4,1,{'Gpus': [{'MemoryInfo': {'SizeInMiB': 16384}}]},us-central1,us-central1-a,0.35,0.14
        ,,,tpu-v6e-1,1,tpu-v6e-1,us-central1,us-central1-b,2.7,0.64833

        """;

    [Fact]
    public async Task Hosts_and_gpus_of_google_are_put_together_by_zone()
    {
        var (content, kept) = await ReadAsync(Gcp);

        content.Source.ShouldBe("skypilot-gcp");
        Prices(kept, "a2-highgpu-1g").ShouldBe([(Capacity.Spot, 1.44296m), (Capacity.OnDemand, 3.67339m)], ignoreOrder: true);
        Prices(kept, "a2-highgpu-4g").ShouldBe([(Capacity.Spot, 5.77182m), (Capacity.OnDemand, 14.69354m)], ignoreOrder: true);
        kept.Offers.First(offer => offer.InstanceType == "a3-edgegpu-8g-nolssd").ShouldSatisfyAllConditions(
            offer => offer.Shape().Gpu.ShouldBe(new OfferGpu("H100", 8, 81920, "nvidia", "9.0", Interconnect.Nvlink)),
            offer => offer.Vcpus.ShouldBe(208));
        (content.Batch.Rows, kept.Taken, content.Batch.WithoutGpu).ShouldBe((10, 6, 2));
        kept.Quarantine.First.Select(price => (price.Line, price.Rule)).ShouldBe([(4, QuarantineRules.Incomplete), (10, QuarantineRules.Incomplete)]);
    }

    [Fact]
    public async Task Gpus_listed_one_by_one_are_taken_as_many_times_as_the_host_has_them()
    {
        var (_, kept) = await ReadAsync(string.Join('\n', Gcp.Split('\n').Where(line => !line.StartsWith(",,,A100,4", StringComparison.Ordinal))));

        Prices(kept, "a2-highgpu-4g").ShouldContain((Capacity.OnDemand, 2.95791m + (4 * 2.93391m)));
    }

    [Fact]
    public async Task Azure_has_bare_names_no_zones_and_types_whose_kind_of_gpu_is_left_out()
    {
        var (content, kept) = await ReadAsync(
            $"""
            {PriceLists.AzureHeader}
            Basic_A0,,,1.0,0.75,,0.018,0.0126,centralus,V1
            Standard_NC40ads_H100_v5,H100,1,40.0,320,H100,6.98,6.98,eastus,V2
            Standard_ND96isr_H100_v5,H100,12,96.0,1900,H100,98.32,98.32,eastus,V2
            Standard_NV4as_v4,Radeon MI25,1,4.0,14,Radeon MI25,0.233,0.02563,eastus,"V1,V2"
            Standard_NV4as_v4,Radeon MI25,1,4.0,14,Radeon MI25,,,westus,"V1,V2"
            Standard_NC24s_v3,V100,4,24.0,448,V100,12.24,1.5912,eastus,"V1,V2"

            """);

        content.Source.ShouldBe("skypilot-azure");
        kept.Offers.Single(offer => offer.InstanceType == "Standard_NC40ads_H100_v5").ShouldSatisfyAllConditions(
            offer => offer.GpuModel.ShouldBe("H100-NVL"), offer => offer.Zone.ShouldBeNull(), offer => offer.Capacity.ShouldBe(Capacity.OnDemand));
        kept.Offers.First(offer => offer.InstanceType == "Standard_NV4as_v4").ShouldSatisfyAllConditions(
            offer => offer.GpuCount.ShouldBe(0.125m), offer => offer.GpuMemoryMiB.ShouldBe(15258 / 8));
        kept.Quarantine.First.Select(price => (price.Line, price.Rule)).ShouldBe(
            [(4, QuarantineRules.BadGpuCount), (6, QuarantineRules.NoPrice), (3, QuarantineRules.SpotNotBelowOnDemand)]);
        (content.Batch.Rows, kept.Taken, content.Batch.WithoutGpu).ShouldBe((6, 3, 1));
    }

    [Fact]
    public async Task Columns_may_be_in_any_order_and_others_beside_them()
    {
        var (_, kept) = await ReadAsync(
            "\uFEFFExtra,SpotPrice,Price,Region,AvailabilityZone,GpuInfo,MemoryGiB,vCPUs,AcceleratorCount,AcceleratorName,InstanceType\r\n"
            + "\"a, \"\"b\"\"\r\nc\",0.2,0.526,us-east-1,use1-az1,,16,4,1,T4,g4dn.xlarge\r\n");

        Prices(kept, "g4dn.xlarge").ShouldBe([(Capacity.OnDemand, 0.526m), (Capacity.Spot, 0.2m)]);
    }

    [Theory]
    [InlineData("price", "")]
    [InlineData("price", "0")]
    [InlineData("price", "-1")]
    [InlineData("price", "NaN")]
    [InlineData("price", "Infinity")]
    [InlineData("price", "1e300")]
    [InlineData("price", "10001")]
    [InlineData("price", "free")]
    [InlineData("price", "0,526")]
    public async Task A_price_that_cannot_be_is_kept_out_and_the_spot_price_stays(string field, string price)
    {
        field.ShouldBe("price");
        var (_, kept) = await ReadAsync(PriceLists.AwsRow(price: price.Contains(',', StringComparison.Ordinal) ? $"\"{price}\"" : price));

        kept.Offers.ShouldHaveSingleItem().Capacity.ShouldBe(Capacity.Spot);
        kept.Quarantine.ByRule.Keys.ShouldBe(price.Length == 0 ? [] : [QuarantineRules.BadPrice]);
    }

    [Theory]
    [InlineData("0", QuarantineRules.BadGpuCount)]
    [InlineData("-1", QuarantineRules.BadGpuCount)]
    [InlineData("1000000000", QuarantineRules.BadGpuCount)]
    [InlineData("1e28", QuarantineRules.BadGpuCount)]
    [InlineData("0.3", QuarantineRules.BadGpuCount)]
    [InlineData("1.5", QuarantineRules.BadGpuCount)]
    [InlineData("", QuarantineRules.BadGpuCount)]
    [InlineData("2", QuarantineRules.BadGpuCount)]
    public async Task A_number_of_gpus_that_cannot_be_is_kept_out(string count, string rule) =>
        (await FaultOf(PriceLists.AwsRow(count: count))).ShouldBe(rule);

    [Fact]
    public async Task Rows_that_contradict_what_is_known_are_kept_out()
    {
        (await FaultOf(PriceLists.AwsRow(gpu: "Quantum9000"))).ShouldBe(QuarantineRules.UnknownGpu);
        (await FaultOf(PriceLists.AwsRow(gpu: "L4"))).ShouldBe(QuarantineRules.BadGpuInfo);
        (await FaultOf(PriceLists.AwsRow(info: "\"{'Gpus': [{'Count': 2, 'MemoryInfo': {'SizeInMiB': 16384}}]}\""))).ShouldBe(QuarantineRules.BadGpuCount);
        (await FaultOf(PriceLists.AwsRow(info: "\"{'Gpus': [{'Count': 1, 'MemoryInfo': {'SizeInMiB': 81920}}]}\""))).ShouldBe(QuarantineRules.BadGpuInfo);
        (await FaultOf(PriceLists.AwsRow(info: "\"{'Gpus': __import__('os')}\""))).ShouldBe(QuarantineRules.BadGpuInfo);
        (await FaultOf(PriceLists.AwsRow(region: "us east"))).ShouldBe(QuarantineRules.BadField);
        (await FaultOf(PriceLists.AwsRow(region: new string('x', 65)))).ShouldBe(QuarantineRules.BadField);
        (await FaultOf(PriceLists.AwsRow(price: "526", spot: ""))).ShouldBe(QuarantineRules.PriceOutOfRange);
        (await FaultOf(PriceLists.AwsRow(instanceType: "g99.xlarge", price: "900", spot: ""))).ShouldBe(QuarantineRules.PriceOutOfRange);
        (await FaultOf(PriceLists.AwsRow(price: "", spot: ""))).ShouldBe(QuarantineRules.NoPrice);
        (await FaultOf(PriceLists.AwsRow() + "short,row\n")).ShouldBe(QuarantineRules.BadField);
    }

    [Fact]
    public async Task The_same_offer_again_counts_as_one_and_with_another_price_the_first_stands()
    {
        var once = PriceLists.AwsRow(spot: "");
        var row = once.Split('\n')[1];

        var (content, kept) = await ReadAsync($"{once}{row}\n{row.Replace("0.526", "0.6", StringComparison.Ordinal)}\n");

        kept.Offers.ShouldHaveSingleItem().PricePerHour.ShouldBe(0.526m);
        (content.Batch.Rows, kept.Taken).ShouldBe((3, 2));
        kept.Quarantine.First.ShouldHaveSingleItem().ShouldSatisfyAllConditions(price => price.Line.ShouldBe(4), price => price.Rule.ShouldBe(QuarantineRules.Duplicate));
    }

    [Fact]
    public async Task Accelerators_that_run_no_gpu_program_are_passed_over()
    {
        foreach (var name in new[] { "Trainium", "Trainium2", "Inferentia2", "Gaudi HL-205", "FPGA", "tpu-v5p-8" })
        {
            (await ReadAsync(PriceLists.AwsRow(gpu: name))).Content.Batch.WithoutGpu.ShouldBe(1, name);
        }
    }

    [Fact]
    public async Task Items_of_gpuhunt_are_offers_of_one_capacity_each()
    {
        var (content, kept) = await ReadAsync(
            $"""
            {PriceLists.GpuhuntHeader}
            p4de.24xlarge,us-east-1,27.44705,96,1152.0,8,A100,80.0,False,,nvidia
            p4de.24xlarge,us-east-1,9.5,96,1152.0,8,A100,80.0,True,,nvidia
            m5.large,us-east-1,0.096,2,8.0,0,,,False,,
            p4d.24xlarge,us-east-1,21.96,96,1152.0,8,A100,13.0,False,,nvidia
            g5.xlarge,us-east-1,1.006,4,16.0,1,A10G,24.0,maybe,,nvidia

            """);

        (content.Source, content.Format, content.Batch.Rows, kept.Taken, content.Batch.WithoutGpu).ShouldBe(("gpuhunt-aws", PriceFormat.Gpuhunt, 5, 2, 1));
        kept.Offers.ShouldAllBe(offer => offer.GpuModel == "A100-80GB" && offer.GpuMemoryMiB == 81920);
        kept.Quarantine.First.Select(price => (price.Line, price.Rule)).ShouldBe([(5, QuarantineRules.BadGpuInfo), (6, QuarantineRules.BadField)]);
    }

    [Fact]
    public async Task A_zone_of_google_is_told_apart_from_its_region()
    {
        var (_, kept) = await ReadAsync($"{PriceLists.GpuhuntHeader}\na2-highgpu-1g,us-central1-a,3.67,12,85.0,1,A100,40.0,False,,nvidia\n");

        kept.Offers.ShouldHaveSingleItem().ShouldSatisfyAllConditions(offer => offer.Region.ShouldBe("us-central1"), offer => offer.Zone.ShouldBe("us-central1-a"));
    }

    [Theory]
    [InlineData("InstanceType,InstanceType\nx,y\n")]
    [InlineData("InstanceType\u0000")]
    [InlineData("%PDF-1.7 binary\n")]
    [InlineData("<html><body>Not found</body></html>")]
    [InlineData("{\"message\":\"Not found\"}")]
    public async Task What_is_no_price_list_is_refused(string text) =>
        (await Should.ThrowAsync<PriceSourceException>(() => ReadAsync(text))).Refusal.Code.ShouldBe(RefusalCodes.InvalidRequest);

    [Fact]
    public async Task Other_encodings_are_refused()
    {
        await RefusedAsync(Encoding.Unicode.GetBytes("\uFEFF" + PriceLists.Aws));
        await RefusedAsync([.. Encoding.UTF8.GetBytes(PriceLists.AwsHeader + "\n"), 0xFF, 0xFE, 0x41]);
        await RefusedAsync([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]);
    }

    [Fact]
    public async Task It_must_be_clear_whose_list_it_is()
    {
        var list = "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region\nx1.large,T4,1,4,16,,1,,nowhere\n";

        (await Should.ThrowAsync<PriceSourceException>(() => ReadAsync(list))).Refusal.NextStep.ShouldBe("Say cloud=aws, cloud=gcp, cloud=azure.");
        (await ReadAsync(list, Cloud.Aws)).Content.Source.ShouldBe("skypilot-aws");
        (await Should.ThrowAsync<PriceSourceException>(() => ReadAsync(PriceLists.Aws, Cloud.Azure))).Refusal.Detail.ShouldContain("looks like one of aws");
    }

    [Fact]
    public async Task A_row_without_end_is_refused_before_it_is_read()
    {
        await using var endless = new EndlessText("\"aaaaaaa");
        (await Should.ThrowAsync<PriceSourceException>(() => PriceFile.ReadAsync(endless, new PriceFileClaims(null, null, null, AsOf), default))).Refusal.Code.ShouldBe(RefusalCodes.InvalidRequest);
        endless.Given.ShouldBeLessThan(2 * 1024 * 1024);

        await using var commas = new EndlessText(",");
        await Should.ThrowAsync<PriceSourceException>(() => PriceFile.ReadAsync(commas, new PriceFileClaims(null, null, null, AsOf), default));
        commas.Given.ShouldBeLessThan(2 * 1024 * 1024);
    }

    [Fact]
    public async Task A_list_without_end_is_refused_at_its_limit()
    {
        await using var endless = new EndlessText(PriceLists.AwsRow(gpu: "").Split('\n')[1] + "\n", PriceLists.AwsHeader + "\n");

        (await Should.ThrowAsync<PriceSourceException>(() => PriceFile.ReadAsync(endless, new PriceFileClaims(null, null, null, AsOf), default))).Refusal.Code.ShouldBe(RefusalCodes.BodyTooLarge);
    }

    private static async Task RefusedAsync(byte[] list)
    {
        using var content = new MemoryStream(list);
        (await Should.ThrowAsync<PriceSourceException>(() => PriceFile.ReadAsync(content, new PriceFileClaims(null, null, null, AsOf), default))).Refusal.Code.ShouldBe(RefusalCodes.InvalidRequest);
    }

    private static async Task<string?> FaultOf(string list) => (await ReadAsync(list)).Kept.Quarantine.ByRule.Keys.SingleOrDefault();

    private static async Task<(PriceFileContent Content, CheckedPrices Kept)> ReadAsync(string list, Cloud? cloud = null)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(list));
        var file = await PriceFile.ReadAsync(content, new PriceFileClaims(null, cloud, null, AsOf), default);
        return (file, PriceRules.Check(file.Batch));
    }

    private static IEnumerable<(Capacity, decimal)> Prices(CheckedPrices kept, string instanceType) =>
        kept.Offers.Where(offer => offer.InstanceType == instanceType).Select(offer => (offer.Capacity, offer.PricePerHour!.Value));

    /// <summary>Says a text over and over for as long as anyone reads.</summary>
    private sealed class EndlessText(string text, string before = "") : Stream
    {
        private readonly byte[] _text = Encoding.UTF8.GetBytes(text);
        private byte[] _left = Encoding.UTF8.GetBytes(before);

        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var given = 0;
            while (given < buffer.Length)
            {
                _left = _left.Length == 0 ? _text : _left;
                var some = Math.Min(_left.Length, buffer.Length - given);
                _left.AsMemory(0, some).CopyTo(buffer[given..]);
                (_left, given) = (_left[some..], given + some);
            }

            Given += given;
            return ValueTask.FromResult(given);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
