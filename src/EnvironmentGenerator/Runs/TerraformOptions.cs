using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>How Terraform is run, section <c>Terraform</c>.</summary>
public sealed class TerraformOptions
{
    public const string Section = "Terraform";

    /// <summary>The <c>terraform</c> (or <c>tofu</c>) program: a path, or a name that is looked up in <c>PATH</c>.</summary>
    [Required]
    public string Path { get; set; } = "terraform";

    /// <summary>Folder of a local provider mirror. Default: the first that is found in the usual places.</summary>
    public string? ProviderMirror { get; set; }

    public TimeSpan InitTimeout { get; set; } = TimeSpan.FromMinutes(10);

    public TimeSpan PlanTimeout { get; set; } = TimeSpan.FromMinutes(10);

    public TimeSpan ApplyTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long an interrupted Terraform may take to finish what is in flight and write its state.</summary>
    public TimeSpan InterruptGrace { get; set; } = TimeSpan.FromMinutes(2);
}

[OptionsValidator]
internal sealed partial class TerraformOptionsValidator : IValidateOptions<TerraformOptions>;
