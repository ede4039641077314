using System.Globalization;
using System.Text;

namespace Terradev.Bench;

/// <summary>
/// A price list in the shape of SkyPilot's for AWS: three of five rows are of GPU instances, each in a zone of its own with an on-demand and
/// a spot price.
/// </summary>
internal static class GeneratedList
{
    // Price and spot price in USD per hour, as they are in us-east-1.
    private static readonly (string Type, string Gpu, int Count, int MemoryMiB, decimal Price, decimal Spot)[] Types =
    [
        ("g4dn.xlarge", "T4", 1, 16384, 0.526m, 0.189m),
        ("g5.xlarge", "A10G", 1, 22888, 1.006m, 0.412m),
        ("g6.xlarge", "L4", 1, 22888, 0.805m, 0.41m),
        ("g6e.xlarge", "L40S", 1, 45776, 1.861m, 0.782m),
        ("p4d.24xlarge", "A100", 8, 40960, 21.958m, 7.849m),
        ("p5.48xlarge", "H100", 8, 81920, 55.04m, 18.982m),
    ];

    /// <param name="marker">USD per hour of one spot offer that is cheaper than any other.</param>
    /// <param name="changed">Every n-th GPU row has another price than without it; 0 for none.</param>
    public static byte[] Write(int rows, decimal marker, int changed)
    {
        var list = new StringBuilder("InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,AvailabilityZone,Arch,LocalDiskType,NVMeSupported,LocalDiskSize,LocalDiskCount\n");
        list.Append(CultureInfo.InvariantCulture, $"g4dn.xlarge,T4,1.0,4.0,16.0,,0.526,{marker},us-east-1,use1-az99,x86_64,ssd,True,125.0,1.0\n");
        for (var row = 1; row < rows; row++)
        {
            var (region, zone) = ($"us-{row / 600 % 100}-{row / 6 % 10}", row);
            if (row % 5 < 2)
            {
                list.Append(CultureInfo.InvariantCulture, $"m{row % 7}.large,,,2.0,8.0,,0.096,0.0347,{region},z{zone}-az1,x86_64,,False,,\n");
                continue;
            }

            var type = Types[row % Types.Length];
            var factor = changed > 0 && row % changed == 3 ? 1.02m : 1m;
            list.Append(CultureInfo.InvariantCulture, $"{type.Type},{type.Gpu},{type.Count}.0,4.0,16.0,\"{{'Gpus': [{{'Name': '{type.Gpu}', 'Manufacturer': 'NVIDIA', 'Count': {type.Count}, 'MemoryInfo': {{'SizeInMiB': {type.MemoryMiB}}}}}], 'TotalGpuMemoryInMiB': {type.Count * type.MemoryMiB}}}\",");
            list.Append(CultureInfo.InvariantCulture, $"{(type.Price * factor) + (row % 50 * 0.001m)},{type.Spot + (row % 97 * 0.001m)},{region},z{zone}-az1,x86_64,ssd,True,125.0,1.0\n");
        }

        return Encoding.UTF8.GetBytes(list.ToString());
    }
}
