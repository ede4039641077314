using System.Collections.Frozen;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>Which GPU a price list means by a name.</summary>
internal static class GpuNames
{
    // Reported memory is below the name's: 22,888 MiB of an L4 of 24 GB, which is 24,576 MiB where a list counts in powers of two.
    private const double MemoryTolerance = 0.15;

    private static readonly string[] Makers = ["NVIDIA", "AMD", "TESLA", "INSTINCT", "RADEONPRO", "RADEON", "GEFORCE"];

    private static readonly FrozenDictionary<string, string> Written = new Dictionary<string, string>
    {
        ["RTXPROSERVER6000"] = "RTXPRO6000",
        ["RTXPRO6000WS"] = "RTXPRO6000",
        ["RTXPROSERVER4500"] = "RTXPRO4500",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, GpuModel> ByLetters = GpuModels.All.ToFrozenDictionary(model => Letters(model.Name), StringComparer.Ordinal);

    // Google's and Amazon's own accelerators, Habana's, and cards for video and logic.
    private static readonly string[] OtherAccelerators =
        ["TPU", "TRAINIUM", "INFERENTIA", "GAUDI", "HL205", "FPGA", "VIRTEX", "VU", "ALVEO", "XILINX", "U30", "U250", "QUALCOMM", "AI100", "CLOUDAI"];

    // NVLink joins all GPUs of a host with eight or more of these.
    private static readonly FrozenSet<string> Sxm = new[] { "V100-32GB", "A100", "A100-80GB", "H100", "H100-MEGA", "H200", "B200", "B300" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True for accelerators that run no GPU program.</summary>
    public static bool IsOtherAccelerator(string name)
    {
        var letters = Letters(name);
        return Array.Exists(OtherAccelerators, other => letters.StartsWith(other, StringComparison.Ordinal));
    }

    /// <summary>
    /// The GPU of that name, written with or without its maker, spaces and hyphens. Where there are several by one name, such as A100, the one of that
    /// memory; <paramref name="memoryFits"/> tells whether it is within 15%.
    /// </summary>
    /// <param name="memoryMiB">Memory of one GPU; null where it is not told.</param>
    /// <returns>Null for a GPU that is not known.</returns>
    public static GpuModel? Find(string name, int? memoryMiB, out bool memoryFits)
    {
        memoryFits = true;
        var letters = Letters(name);
        if (Find(letters) is not { } found)
        {
            return null;
        }

        if (memoryMiB is not { } memory)
        {
            return found;
        }

        double Off(GpuModel model) => Math.Abs(memory - model.MemoryMiB) / (double)model.MemoryMiB;
        var best = GpuModels.All
            .Where(model => model != found && model.Name.StartsWith(found.Name + "-", StringComparison.Ordinal))
            .OrderBy(Off).ThenBy(model => model.Name, StringComparer.Ordinal)
            .FirstOrDefault(model => Off(model) < Off(found)) ?? found;
        memoryFits = Off(best) <= MemoryTolerance;
        return best;
    }

    /// <summary>The instruction set of the hosts of a GPU where nobody tells: Grace and Graviton are Arm.</summary>
    public static CpuArchitecture HostOf(GpuModel gpu) => gpu.Name is "GB200" or "GH200" or "T4g" ? CpuArchitecture.Arm64 : CpuArchitecture.X64;

    /// <summary>How the GPUs of an instance are joined that nobody tells of: the slower way unless it is sure.</summary>
    public static Interconnect InterconnectOf(GpuModel gpu, decimal count) => count >= 8 && Sxm.Contains(gpu.Name) ? Interconnect.Nvlink : Interconnect.Pcie;

    private static GpuModel? Find(string letters)
    {
        for (var maker = -1; maker < Makers.Length; maker++)
        {
            if (maker >= 0)
            {
                letters = letters.StartsWith(Makers[maker], StringComparison.Ordinal) ? letters[Makers[maker].Length..] : letters;
            }

            if (ByLetters.TryGetValue(Written.GetValueOrDefault(letters, letters), out var model))
            {
                return model;
            }
        }

        return null;
    }

    private static string Letters(string name) => new([.. name.Take(60).Where(char.IsAsciiLetterOrDigit).Select(char.ToUpperInvariant)]);
}
