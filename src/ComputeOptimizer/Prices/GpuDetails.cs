namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// SkyPilot's column <c>GpuInfo</c>. For AWS a Python literal, <c>{'Gpus': [{'Name': 'V100', 'Manufacturer': 'NVIDIA', 'Count': 4,
/// 'MemoryInfo': {'SizeInMiB': 16384}}], 'TotalGpuMemoryInMiB': 65536}</c>; for GCP the same with the memory alone; for Azure a bare name.
/// </summary>
/// <param name="Count">GPUs in the instance; null where it is not told.</param>
/// <param name="MemoryMiB">Memory of one GPU; null where it is not told.</param>
internal sealed record GpuDetails(decimal? Count, int? MemoryMiB)
{
    private const int MostMemoryMiB = 10_000_000;

    /// <summary>False for a literal that cannot be read or holds impossible figures.</summary>
    public static bool TryRead(string text, out GpuDetails details)
    {
        details = new GpuDetails(null, null);
        if (text.Length == 0 || text[0] != '{')
        {
            // A bare name says what the column of the name says already; a text that is neither is no name.
            return text.Length <= 100;
        }

        if (!PythonLiteral.TryRead(text, out var value) || value is not Dictionary<string, object?> root || root.GetValueOrDefault("Gpus") is not List<object?> gpus
            || gpus.Count is 0 or > 16)
        {
            return false;
        }

        decimal? count = null;
        int? memory = null;
        foreach (var gpu in gpus)
        {
            if (gpu is not Dictionary<string, object?> fields || !Number(fields, "Count", 1000, out var one) || !Memory(fields, out var mib)
                || (memory is not null && mib is not null && mib != memory))
            {
                return false;
            }

            count = one is null ? count : (count ?? 0) + one;
            memory = mib ?? memory;
        }

        details = new GpuDetails(count, memory);
        return true;
    }

    private static bool Memory(Dictionary<string, object?> gpu, out int? mib)
    {
        mib = null;
        if (!gpu.TryGetValue("MemoryInfo", out var info) || info is null)
        {
            return true;
        }

        if (info is not Dictionary<string, object?> fields || !Number(fields, "SizeInMiB", MostMemoryMiB, out var size))
        {
            return false;
        }

        mib = (int?)size;
        return true;
    }

    private static bool Number(Dictionary<string, object?> fields, string name, decimal most, out decimal? number)
    {
        number = null;
        if (!fields.TryGetValue(name, out var value) || value is null)
        {
            return true;
        }

        number = value as decimal?;
        return number > 0 && number <= most;
    }
}
