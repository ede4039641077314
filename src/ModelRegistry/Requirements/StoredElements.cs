using System.Collections.ObjectModel;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>What files hold: parameters, their bytes and the precision of most of them.</summary>
internal sealed record HeldWeights(Int128 Parameters, long Bytes, Precision Precision, IReadOnlyList<string> Notes);

/// <summary>Elements by dtype as file headers count them. Not every element is a parameter.</summary>
internal sealed class StoredElements
{
    private StoredElements(IReadOnlyDictionary<string, long> byDtype)
    {
        ByDtype = byDtype;
        foreach (var (dtype, count) in byDtype)
        {
            Bytes += (Int128)count * BytesOf(dtype);
            if (IsFloat(dtype))
            {
                Floats += count;
                FloatBytes += (Int128)count * BytesOf(dtype);
            }
        }
    }

    public static IReadOnlyDictionary<string, long> None { get; } = ReadOnlyDictionary<string, long>.Empty;

    public IReadOnlyDictionary<string, long> ByDtype { get; }

    /// <summary>Elements that are numbers as they stand, not codes, indices or scales of 8 bits.</summary>
    public Int128 Floats { get; }

    public Int128 FloatBytes { get; }

    /// <summary>Bytes of all elements.</summary>
    public Int128 Bytes { get; }

    /// <summary>Null when there are none, more than 32 dtypes, or counts that no file has.</summary>
    public static StoredElements? Read(IReadOnlyDictionary<string, long>? elements, long largest)
    {
        if (elements is not { Count: > 0 and <= 32 })
        {
            return null;
        }

        foreach (var count in elements.Values)
        {
            if (count < 0 || count > largest)
            {
                return null;
            }
        }

        return new StoredElements(elements);
    }

    /// <summary>The dtype of most elements among those that <paramref name="choose"/> takes; null when there is none.</summary>
    public string? Most(Func<string, bool> choose)
    {
        string? most = null;
        foreach (var (dtype, count) in ByDtype)
        {
            if (choose(dtype) && count > (most is null ? 0 : ByDtype[most]))
            {
                most = dtype;
            }
        }

        return most;
    }

    /// <summary>The count of weights that are stored as they are, without what <see cref="StoredExtras"/> knows to be no parameter.</summary>
    public HeldWeights Whole(ModelConfig? config, Int128? formula)
    {
        if (Floats == 0)
        {
            Int128 all = 0;
            foreach (var count in ByDtype.Values)
            {
                all += count;
            }

            return new(all, Saturated.Long(Bytes), Precision.Int8, []);
        }

        var precision = Formats.OfDtype(Most(IsFloat)!);
        return config is not null && formula is { } expected && StoredExtras.Of(config, Floats - expected, Floats) is { } extras
            ? new(Floats - extras.Elements, Saturated.Long(Bytes), precision, [$"{extras.Elements:N0} stored elements are {extras.What}, not parameters."])
            : new(Floats, Saturated.Long(Bytes), precision, []);
    }

    public static bool IsFloat(string dtype) =>
        (dtype.StartsWith('F') && dtype != "F8_E8M0") || dtype.StartsWith("BF", StringComparison.Ordinal);

    public static int BitsOf(string dtype) => dtype switch
    {
        "F64" or "I64" or "U64" or "C64" => 64,
        "F32" or "I32" or "U32" => 32,
        "F16" or "BF16" or "I16" or "U16" => 16,
        _ => 8,
    };

    private static int BytesOf(string dtype) => BitsOf(dtype) / 8;
}
