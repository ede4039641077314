using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Terradev.ModelRegistry.Catalog;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>A tensor as a file's header describes it.</summary>
internal readonly record struct SafetensorsTensor(string Name, string Dtype, long Elements, bool IsScalar);

/// <summary>
/// The header of a safetensors file: 8 bytes of length, little-endian, then JSON such as
/// <c>{"weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}</c>. What the reference reader refuses is refused here.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>Bytes before the JSON.</summary>
    public const int LengthBytes = 8;

    /// <summary>Longest JSON that is read, in bytes; Hugging Face's own clients have the same limit.</summary>
    public const int LongestHeader = 25_000_000;

    private const string Metadata = "__metadata__";

    /// <summary>Reads and checks the JSON. Tensors come in the order of their data; without them there is a reason.</summary>
    /// <param name="dataBytes">Bytes of the file behind the header, which the tensors must fill; null where the file's size is not known.</param>
    public static (IReadOnlyList<SafetensorsTensor>? Tensors, string? Fault) Read(ReadOnlySpan<byte> json, long? dataBytes)
    {
        try
        {
            return Utf8.IsValid(json) ? (Checked(Parse(json), dataBytes), null) : (null, "the header is not UTF-8");
        }
        catch (JsonException exception)
        {
            return (null, Text.Clean(exception.Message, 200));
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for the escape of half a surrogate pair.
            return (null, "the header has a name that is not text");
        }
    }

    private static List<Entry> Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        Expect(ref reader, JsonTokenType.StartObject, "the header is not an object");
        List<Entry> entries = [];
        HashSet<string> names = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw new JsonException($"the header names {name} twice");
            }

            if (name == Metadata)
            {
                ReadMetadata(ref reader);
            }
            else
            {
                entries.Add(ReadTensor(ref reader, name));
            }
        }

        // Blanks may follow; anything else throws.
        reader.Read();
        return entries;
    }

    private static void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "the header's metadata are not an object");
        HashSet<string> names = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!names.Add(reader.GetString()!))
            {
                throw new JsonException("the header's metadata name a key twice");
            }

            Expect(ref reader, JsonTokenType.String, "the header's metadata are not all text");
        }
    }

    private static Entry ReadTensor(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartObject, name, "is not an object");
        string? dtype = null;
        Numbers? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype"u8) && dtype is null)
            {
                Expect(ref reader, JsonTokenType.String, name, "has a dtype that is not text");
                dtype = SafetensorsDtype.Find(reader.GetString()!)?.Name ?? throw new JsonException($"the tensor {name} has the dtype {reader.GetString()}, which is not known");
            }
            else if (reader.ValueTextEquals("shape"u8) && shape is null)
            {
                shape = ReadNumbers(ref reader, name);
            }
            else if (reader.ValueTextEquals("data_offsets"u8) && offsets is null)
            {
                offsets = ReadNumbers(ref reader, name);
            }
            else if (reader.ValueTextEquals("dtype"u8) || reader.ValueTextEquals("shape"u8) || reader.ValueTextEquals("data_offsets"u8))
            {
                throw new JsonException($"the tensor {name} has a field twice");
            }
            else
            {
                reader.Skip();
            }
        }

        return dtype is not null && shape is { } sizes && offsets is { Count: 2 } ends
            ? new Entry(name, dtype, sizes.Count, sizes.Product, ends.First, ends.Last)
            : throw new JsonException($"the tensor {name} lacks its dtype, its shape or its two offsets");
    }

    private static Numbers ReadNumbers(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartArray, name, "has a shape or offsets that are no list");
        var numbers = new Numbers(0, 0, 0, 1);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetUInt64(out var number))
            {
                throw new JsonException($"the tensor {name} has a shape or offsets that are not whole numbers from 0 to 2^64 - 1");
            }

            numbers = new Numbers(numbers.Count + 1, numbers.Count == 0 ? number : numbers.First, number, Times(numbers.Product, number));
        }

        return numbers;
    }

    private static ulong? Times(ulong? product, ulong factor) =>
        product is { } known && Math.BigMul(known, factor, out var low) == 0 ? low : null;

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string fault)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException(fault);
        }
    }

    // Written only when it is needed: there are a quarter of a million tensors.
    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string tensor, string fault)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException($"the tensor {tensor} {fault}");
        }
    }

    private static SafetensorsTensor[] Checked(List<Entry> entries, long? dataBytes)
    {
        entries.Sort(static (a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        var tensors = new SafetensorsTensor[entries.Count];
        var previous = 0UL;
        var total = 0L;
        for (var i = 0; i < tensors.Length; i++)
        {
            var entry = entries[i];
            if (entry.Begin != previous || entry.End < entry.Begin)
            {
                throw new JsonException($"the data of the tensor {entry.Name} do not begin where those before it end");
            }

            var elements = Elements(entry);
            total = elements <= HuggingFaceModel.MostElements ? total + (long)elements : long.MaxValue;
            if (total > HuggingFaceModel.MostElements)
            {
                throw new JsonException($"the tensor {entry.Name} makes more elements than any model has");
            }

            tensors[i] = new SafetensorsTensor(entry.Name, entry.Dtype, (long)elements, entry.Rank == 0);
            previous = entry.End;
        }

        return dataBytes is null || (dataBytes >= 0 && (ulong)dataBytes == previous)
            ? tensors
            : throw new JsonException($"the header describes {previous} bytes of data and the file has {dataBytes}");
    }

    private static ulong Elements(Entry entry)
    {
        if (Times(entry.Elements, (ulong)SafetensorsDtype.Find(entry.Dtype)!.Bits) is not { } bits)
        {
            throw new JsonException($"the shape of the tensor {entry.Name} is larger than any file");
        }

        return bits % 8 == 0 && bits / 8 == entry.End - entry.Begin
            ? entry.Elements!.Value
            : throw new JsonException($"the shape of the tensor {entry.Name} does not fit its {entry.End - entry.Begin} bytes");
    }

    // Headers have up to half a million of these lists: they are folded as they are read.
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Numbers(int Count, ulong First, ulong Last, ulong? Product);

    /// <param name="Elements">Product of the shape; null where 64 bits do not hold it.</param>
    private readonly record struct Entry(string Name, string Dtype, int Rank, ulong? Elements, ulong Begin, ulong End);
}

/// <summary>A number format of safetensors files and the bits that one element takes.</summary>
internal sealed record SafetensorsDtype(string Name, int Bits)
{
    private static readonly Dictionary<string, SafetensorsDtype> Known = new SafetensorsDtype[]
    {
        new("F4", 4), new("F6_E2M3", 6), new("F6_E3M2", 6),
        new("BOOL", 8), new("U8", 8), new("I8", 8), new("F8_E5M2", 8), new("F8_E4M3", 8), new("F8_E8M0", 8), new("F8_E4M3FNUZ", 8), new("F8_E5M2FNUZ", 8),
        new("I16", 16), new("U16", 16), new("F16", 16), new("BF16", 16),
        new("I32", 32), new("U32", 32), new("F32", 32),
        new("C64", 64), new("F64", 64), new("I64", 64), new("U64", 64),
    }.ToDictionary(dtype => dtype.Name, StringComparer.Ordinal);

    public static SafetensorsDtype? Find(string name) => Known.GetValueOrDefault(name);
}
