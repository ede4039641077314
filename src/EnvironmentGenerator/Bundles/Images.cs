using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.EnvironmentGenerator.Bundles;

/// <summary>Chooses the machine image: AWS publishes the newest Deep Learning AMI of each kind under a public parameter.</summary>
internal static class Images
{
    /// <summary>The parameter for the offer's GPU, or null where the blueprint's own default is right (x86-64, Turing or newer).</summary>
    public static string? SsmParameter(Offer offer) => offer switch
    {
        // The open NVIDIA driver needs Turing or newer; Volta and older need the proprietary one.
        { Gpu.Model: "V100" or "V100-32GB" or "K80" or "M60" } =>
            "/aws/service/deeplearning/ami/x86_64/base-proprietary-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id",
        { Gpu.Model: "T4g" } => "/aws/service/deeplearning/ami/arm64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id",
        _ => null,
    };
}
