namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>What AWS asks for one unit of something that is not a machine.</summary>
/// <param name="Usd">USD per unit.</param>
/// <param name="Unit">What is counted, such as <c>GB-month</c>.</param>
public sealed record Rate(decimal Usd, string Unit, string Service)
{
    /// <summary>Where the figure comes from, as the quote tells it.</summary>
    public string Source => FormattableString.Invariant($"list price {Service}, us-east-1, general knowledge of 2025: {Usd:0.####} USD per {Unit}");
}

/// <summary>List prices of us-east-1 as generally known in 2025. Other regions differ, mostly upwards and by less than a third.</summary>
public static class AwsRates
{
    public static readonly DateOnly AsOf = new(2025, 1, 1);

    public static readonly Rate Gp3 = new(0.08m, "GB-month", "EBS gp3");
    public static readonly Rate Snapshot = new(0.05m, "GB-month", "EBS snapshots");
    public static readonly Rate PublicIpv4 = new(0.005m, "hour", "public IPv4");
    public static readonly Rate NatGateway = new(0.045m, "hour", "NAT gateway");
    public static readonly Rate NatTraffic = new(0.045m, "GB", "NAT gateway traffic");
    public static readonly Rate InterfaceEndpoint = new(0.01m, "hour and zone", "VPC interface endpoint");
    public static readonly Rate TrafficOut = new(0.09m, "GB", "traffic to the internet");
    public static readonly Rate LoadBalancer = new(0.0225m, "hour", "Application Load Balancer");
    public static readonly Rate LoadBalancerUnit = new(0.008m, "LCU-hour", "Application Load Balancer");
    public static readonly Rate FileSystem = new(0.30m, "GB-month", "EFS Standard");
    public static readonly Rate Bucket = new(0.023m, "GB-month", "S3 Standard");
    public static readonly Rate Images = new(0.10m, "GB-month", "ECR");
    public static readonly Rate Secret = new(0.40m, "secret and month", "Secrets Manager");
    public static readonly Rate Metric = new(0.30m, "metric and month", "CloudWatch");
    public static readonly Rate Alarm = new(0.10m, "alarm and month", "CloudWatch");
    public static readonly Rate Dashboard = new(3.00m, "dashboard and month", "CloudWatch");
    public static readonly Rate Key = new(1.00m, "key and month", "KMS");
    public static readonly Rate Logs = new(0.50m, "GB taken in", "CloudWatch Logs");
}
