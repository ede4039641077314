using System.Diagnostics;
using Terradev.Bench;

namespace Terradev.ReadyOverhead;

/// <summary>The AWS simulator that both ways are measured against.</summary>
internal sealed class Simulator : LocalServer
{
    private Simulator(int port, string folder)
        : base(port, new ProcessStartInfo("python3", [Path.Combine(Repository, "tests", "aws-simulator", "aws_simulator.py"), "-H", "127.0.0.1", "-p", $"{port}"])
        {
            WorkingDirectory = folder,
            Environment = { ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true" },
        })
    {
    }

    protected override string HealthPath => "/moto-api/data.json";

    public static Simulator Start(string folder) => new(FreePort(), folder);

    /// <summary>Makes a program take the simulator for AWS.</summary>
    public void Configure(ProcessStartInfo start)
    {
        start.Environment["AWS_ENDPOINT_URL"] = Address.ToString();
        start.Environment["AWS_ACCESS_KEY_ID"] = "testing";
        start.Environment["AWS_SECRET_ACCESS_KEY"] = "testing";
        start.Environment["AWS_REGION"] = "us-east-1";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
    }
}
