using System.Text;
using System.Text.Json;
using Terradev.ModelRegistry.Hubs;

namespace Terradev.ModelRegistry.Tests.Hubs;

public sealed class SafetensorsHeaderTests
{
    [Fact]
    public void Tensors_are_read_in_the_order_of_their_data()
    {
        var (tensors, fault) = Read("""{"b":{"dtype":"F16","shape":[3],"data_offsets":[16,22]},"__metadata__":{"format":"pt"},"a":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]},"e":{"dtype":"BF16","shape":[2,0],"data_offsets":[22,22]},"s":{"data_offsets":[22,30],"more":[{}],"dtype":"I64","shape":[]}}""", 30);

        fault.ShouldBeNull();
        tensors.ShouldBe([new("a", "I32", 4, false), new("b", "F16", 3, false), new("e", "BF16", 0, false), new("s", "I64", 1, true)]);
    }

    [Theory]
    [InlineData("\r \t\n{}  ")]
    [InlineData("""{"__metadata__":{}}""")]
    public void Blanks_and_empty_headers_are_allowed(string json) => Read(json, 0).Fault.ShouldBeNull();

    [Theory]
    [InlineData("", 0, "")]
    [InlineData("{", 0, "")]
    [InlineData("[]", 0, "not an object")]
    [InlineData("null", 0, "not an object")]
    [InlineData("{} x", 0, "")]
    [InlineData("{}\0", 0, "")]
    [InlineData("{}", 1, "the file has 1")]
    [InlineData("""{"t":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}""", 14, "describes 16 bytes")]
    [InlineData("""{"t":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}""", 38, "describes 16 bytes")]
    [InlineData("""{"t":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}""", -1, "describes 16 bytes")]
    [InlineData("""{"t":{"dtype":"I32","shape":[2,2],"data_offsets":[0,4]}}""", 4, "does not fit")]
    [InlineData("""{"t":{"dtype":"I32","shape":[2,2],"data_offsets":[4,20]}}""", 20, "do not begin")]
    [InlineData("""{"t":{"dtype":"I32","shape":[2,2],"data_offsets":[16,0]}}""", 16, "do not begin")]
    [InlineData("""{"t":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"u":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "do not begin")]
    [InlineData("""{"t":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"u":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "do not begin")]
    [InlineData("""{"t":{"dtype":"I32","shape":[2,18446744073709551614],"data_offsets":[0,16]}}""", 16, "larger than any file")]
    [InlineData("""{"t":{"dtype":"I32","shape":[2,9223372036854775807],"data_offsets":[0,16]}}""", 16, "larger than any file")]
    [InlineData("""{"t":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}""", 1, "does not fit")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1000000000000001],"data_offsets":[0,4000000000000004]}}""", 4000000000000004, "more elements than any model")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1e30],"data_offsets":[0,4]}}""", 4, "not whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "not whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "not whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "not whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4, "no list")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "lacks")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1]}}""", 4, "lacks")]
    [InlineData("""{"t":{"dtype":"Q4_K","shape":[1],"data_offsets":[0,4]}}""", 4, "Q4_K, which is not known")]
    [InlineData("""{"t":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4, "not text")]
    [InlineData("""{"t":7}""", 4, "not an object")]
    [InlineData("""{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"t":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "names t twice")]
    [InlineData("""{"t":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "a field twice")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "not all text")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "a key twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "twice")]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "not text")]
    public void What_the_reference_reader_refuses_is_refused(string json, long dataBytes, string why)
    {
        var (tensors, fault) = Read(json, dataBytes);

        tensors.ShouldBeNull();
        fault.ShouldNotBeNull().ShouldContain(why);
        fault.Length.ShouldBeLessThanOrEqualTo(200);
    }

    [Fact]
    public void What_is_not_utf8_is_refused() => SafetensorsHeader.Read([0xff], 0).Fault.ShouldBe("the header is not UTF-8");

    [Fact]
    public void Damage_anywhere_is_a_reason_and_never_a_crash()
    {
        var header = """{"__metadata__":{"format":"pt"},"a":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]},"b":{"dtype":"I8","shape":[4],"data_offsets":[12,16]}}"""u8.ToArray();
        var index = """{"metadata":{"total_size":16},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}"""u8.ToArray();
        var page = """[{"id":"a/b","tags":["x"],"downloads":7},{"id":"c/d","safetensors":{"parameters":{"F32":3}},"gated":"auto"}]"""u8.ToArray();
        var random = new Random(20_261_124);
        for (var round = 0; round < 20_000; round++)
        {
            var (tensors, fault) = SafetensorsHeader.Read(Damaged(header, random), 16);
            (tensors is null).ShouldBe(fault is not null);
            var (shards, why) = SafetensorsIndex.Read(Damaged(index, random));
            (shards is null).ShouldBe(why is not null);
            try
            {
                HuggingFaceList.Read(Damaged(page, random), DateTimeOffset.UnixEpoch).Models.Count.ShouldBeLessThanOrEqualTo(2);
            }
            catch (JsonException)
            {
                // The array itself is damaged.
            }
        }
    }

    [Fact]
    public void Depth_is_bounded() =>
        Read($$"""{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":{{new string('[', 100_000)}} } }""", 1).Fault.ShouldNotBeNull();

    // HuggingFaceParametersTests compares these rules with the hub's own client.
    [Theory]
    [InlineData("{}", "a.weight U8 100", 100)]
    [InlineData("""{"quantization_config":{"quant_method":"gptq","bits":4}}""", "l.qweight I32 100;l.qzeros I32 9;l.scales I32 9;l.g_idx I32 9", 800)]
    [InlineData("""{"quantization_config":{"quant_method":"gptq","bits":3}}""", "l.qweight I32 100", 1000)]
    [InlineData("""{"quantization_config":{"quant_method":"awq","bits":4,"modules_to_not_convert":["head"]}}""", "l.qweight I32 100;head.scales I32 9", 809)]
    [InlineData("""{"quantization_config":{"quant_method":"mxfp4"}}""", "e.down_proj_blocks U8 100;e.down_proj_scales U8 9", 200)]
    [InlineData("""{"quantization_config":{"quant_method":"mxfp4","modules_to_not_convert":["e.*"]}}""", "e.down_proj_blocks U8 100", 100)]
    [InlineData("""{"quantization_config":{"quant_method":"bitsandbytes","load_in_4bit":true}}""", "l.weight U8 100;l.weight.absmax U8 7;l.weight.quant_state.bitsandbytes__nf4 U8 9", 200)]
    [InlineData("""{"quantization_config":{"quant_method":"compressed-tensors","format":"pack-quantized","ignore":["re:.*head"],"config_groups":{"g":{"targets":["Linear"],"weights":{"num_bits":4} } } }}""", "l.weight_packed I32 100;l.weight_shape I32 2;lm_head.weight I32 5", 805)]
    [InlineData("""{"quantization_config":{"quant_method":"compressed-tensors","format":"pack-quantized","config_groups":{"g":{"targets":["re:^l\\.a$"],"weights":{"num_bits":3} },"h":{"targets":["l.b"],"format":"mxfp4-pack-quantized"} } }}""", "l.a.weight_packed U32 100;l.b.weight_packed U32 12", 1195)]
    [InlineData("""{"expert_dtype":"fp4","quantization_config":{"quant_method":"fp8"}}""", "l.experts.0.w I8 100;l.shared_experts.w I8 10;l.w I8 1", 211)]
    [InlineData("""{"quantization":{"bits":4,"group_size":64,"head":{"bits":8,"group_size":64},"off":false}}""", "l.weight U32 100;l.scales U32 2;l.biases U32 2;head.weight U32 10;head.scales U32 1;head.biases U32 1;off.weight U32 3;other.scales U32 5", 848)]
    [InlineData("""{"text_config":{"quantization_config":{"quant_method":"other","bits":4}}}""", "l.weight U8 100", 200)]
    [InlineData("""{"quantization_config":{"quant_method":["x"],"bits":"4","ignore":7,"config_groups":[1]}}""", "l.weight U8 100", 100)]
    public void Packed_weights_count_as_the_parameters_they_hold(string config, string tensors, long total)
    {
        var listed = tensors.Split(';').Select(text => text.Split(' ')).Select(part => new SafetensorsTensor(part[0], part[1], long.Parse(part[2], System.Globalization.CultureInfo.InvariantCulture), false)).ToArray();

        var (counts, fault) = SafetensorsCount.Of(listed, JsonSerializer.Deserialize<JsonElement>(config));

        fault.ShouldBeNull();
        counts.ShouldNotBeNull().Values.Sum().ShouldBe(total);
    }

    [Fact]
    public void A_list_of_exceptions_cannot_cost_more_than_it_is_worth()
    {
        var tensors = Enumerable.Range(0, 100_000).Select(n => new SafetensorsTensor($"l.{n}.qweight", "I32", 8, false)).ToArray();
        var config = JsonSerializer.SerializeToElement(new { quantization_config = new { quant_method = "gptq", modules_to_not_convert = Enumerable.Range(0, 2000).Select(n => $"x{n}*y") } });

        SafetensorsCount.Of(tensors, config).Fault.ShouldNotBeNull().ShouldContain("exceptions");
    }

    private static (IReadOnlyList<SafetensorsTensor>? Tensors, string? Fault) Read(string json, long dataBytes) => SafetensorsHeader.Read(Encoding.UTF8.GetBytes(json), dataBytes);

    private static byte[] Damaged(byte[] whole, Random random)
    {
        byte[] damaged = [.. whole];
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            damaged[random.Next(damaged.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : whole[random.Next(whole.Length)];
        }

        return random.Next(4) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
    }
}
