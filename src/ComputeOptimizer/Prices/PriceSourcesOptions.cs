using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// Which live sources of prices are asked, section <c>ComputeOptimizer:Sources</c>. None is unless it is switched on: the service never calls out unasked.
/// </summary>
public sealed class PriceSourcesOptions
{
    public const string Section = "ComputeOptimizer:Sources";

    /// <summary>On-demand prices of EC2 in all regions, from the AWS Price List Query API.</summary>
    [ValidateObjectMembers]
    public LiveSourceOptions AwsPriceList { get; set; } = new() { Every = TimeSpan.FromHours(24) };

    /// <summary>Spot prices of EC2, from <c>DescribeSpotPriceHistory</c> of each region.</summary>
    [ValidateObjectMembers]
    public AwsSpotOptions AwsSpot { get; set; } = new() { Every = TimeSpan.FromMinutes(30) };

    /// <summary>On-demand and spot prices of Azure, from the Retail Prices API, which is open to everyone.</summary>
    [ValidateObjectMembers]
    public LiveSourceOptions Azure { get; set; } = new() { Every = TimeSpan.FromHours(12) };

    /// <summary>On-demand and spot prices of Google Cloud, from the Cloud Billing Catalog API.</summary>
    [ValidateObjectMembers]
    public GcpSourceOptions Gcp { get; set; } = new() { Every = TimeSpan.FromHours(24) };

    /// <summary>Price lists that are imported again and again.</summary>
    [ValidateEnumeratedItems]
    public IList<PriceListSourceOptions> Files { get; set; } = [];
}

/// <summary>A live source of prices.</summary>
public class LiveSourceOptions
{
    public bool Enabled { get; set; }

    /// <summary>Time between two answers, 5 minutes to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan Every { get; set; }

    /// <summary>An http or https address to ask instead of the provider's own, such as a proxy's.</summary>
    [RegularExpression("^https?://[^?#@]{1,500}$")]
    public string? Endpoint { get; set; }
}

/// <summary>Spot prices of EC2.</summary>
public sealed class AwsSpotOptions : LiveSourceOptions
{
    /// <summary>Regions to ask instead of those that every AWS account has, such as those that were switched on for it.</summary>
    [MaxLength(100)]
    public IList<string> Regions { get; set; } = [];
}

/// <summary>Prices of Google Cloud.</summary>
public sealed class GcpSourceOptions : LiveSourceOptions
{
    /// <summary>An API key of a project that has the Cloud Billing API; the variable <c>GOOGLE_API_KEY</c> unless set.</summary>
    public string? ApiKey { get; set; }
}

/// <summary>A price list in a file or at an address.</summary>
public sealed class PriceListSourceOptions
{
    /// <summary>The source its prices are kept under: up to 60 lower-case letters, digits and hyphens, a letter first.</summary>
    [Required]
    [RegularExpression("^[a-z][a-z0-9-]{0,59}$")]
    public string Name { get; set; } = "";

    /// <summary>The absolute path of a file, or an http or https address.</summary>
    [Required]
    [MaxLength(2000)]
    public string Location { get; set; } = "";

    /// <summary>Found out from the header unless set.</summary>
    public PriceFormat? Format { get; set; }

    /// <summary>The cloud of a list that does not name it.</summary>
    public Cloud? Cloud { get; set; }

    /// <summary>Time between two imports, 5 minutes to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromHours(24);
}

[OptionsValidator]
internal sealed partial class PriceSourcesOptionsValidator : IValidateOptions<PriceSourcesOptions>;
