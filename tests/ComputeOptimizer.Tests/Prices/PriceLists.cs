namespace Terradev.ComputeOptimizer.Tests.Prices;

/// <summary>Small price lists in the shape of the real ones.</summary>
internal static class PriceLists
{
    public const string AwsHeader =
        "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,AvailabilityZone,Arch,LocalDiskType,NVMeSupported,LocalDiskSize,LocalDiskCount";

    public const string GcpHeader = "InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,GpuInfo,Region,AvailabilityZone,Price,SpotPrice";

    public const string AzureHeader = "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,Generation";

    public const string GpuhuntHeader = "instance_name,location,price,cpu,memory,gpu_count,gpu_name,gpu_memory,spot,disk_size,gpu_vendor";

    /// <summary>Seven rows: three without a GPU, one whose spot price is its on-demand price, one without an on-demand price.</summary>
    public const string Aws =
        $$$$"""
        {{{{AwsHeader}}}}
        a1.2xlarge,,,8.0,16.0,,0.2568,0.256800,ap-northeast-1,apne1-az2,arm64,,False,,
        c1.medium,,,2.0,1.69921875,,0.158,0.035400,ap-northeast-1,apne1-az1,i386,hdd,False,350.0,1.0
        r6i.24xlarge,,,96.0,768.0,,6.048,,us-west-2,usw2-az1,x86_64,,False,,
        p3.8xlarge,V100,4.0,32.0,244.0,"{'Gpus': [{'Name': 'V100', 'Manufacturer': 'NVIDIA', 'Count': 4, 'MemoryInfo': {'SizeInMiB': 16384}}], 'TotalGpuMemoryInMiB': 65536}",12.24,1.477700,us-east-1,use1-az1,x86_64,,False,,
        p4d.24xlarge,A100,8.0,96.0,1152.0,"{'Gpus': [{'Name': 'A100', 'Manufacturer': 'NVIDIA', 'Count': 8, 'MemoryInfo': {'SizeInMiB': 40960}}], 'TotalGpuMemoryInMiB': 327680}",26.3444,26.344400,ap-south-1,aps1-az1,x86_64,ssd,True,1000.0,8.0
        p4de.24xlarge,A100-80GB,8.0,96.0,1152.0,"{'Gpus': [{'Name': 'A100', 'Manufacturer': 'NVIDIA', 'Count': 8, 'MemoryInfo': {'SizeInMiB': 81920}}], 'TotalGpuMemoryInMiB': 655360}",27.44705,8.411400,us-east-1,use1-az6,x86_64,ssd,True,1000.0,8.0
        p5e.48xlarge,H200,8.0,192.0,2048.0,"{'Gpus': [{'Name': 'H200', 'Manufacturer': 'NVIDIA', 'Count': 8, 'MemoryInfo': {'SizeInMiB': 144384}}], 'TotalGpuMemoryInMiB': 1155072}",,20.634700,us-west-2,usw2-az3,x86_64,ssd,True,3800.0,8.0

        """;

    /// <summary>One AWS row of a GPU type, and its header.</summary>
    public static string AwsRow(
        string instanceType = "g4dn.xlarge", string gpu = "T4", string count = "1.0", string info = "", string price = "0.526", string spot = "0.2", string region = "us-east-1", string zone = "use1-az1") =>
        $"{AwsHeader}\n{instanceType},{gpu},{count},4.0,16.0,{info},{price},{spot},{region},{zone},x86_64,ssd,True,125.0,1.0\n";
}
