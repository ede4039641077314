using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Terradev.Contracts;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.EnvironmentGenerator.Bundles;

/// <summary>What a bundle is rendered for, beside the environment itself.</summary>
/// <param name="Installation">Marks the resources of this installation of Terradev.</param>
/// <param name="SimulatedEndpoint">The AWS API is not Amazon's own (<c>AWS_ENDPOINT_URL</c>): buckets by path, and an image that every simulator knows.</param>
public sealed record BundleTarget(string Installation, bool SimulatedEndpoint);

/// <summary>
/// Renders an environment's bundle: the static blueprint, the values in <c>terraform.tfvars.json</c>, which Terraform takes
/// literally, and a README. The same environment gives the same bytes.
/// </summary>
public static class RenderBundle
{
    // Literal text stays readable in the file; Terraform reads any JSON string as it is.
    private static readonly JsonSerializerOptions ValuesJson = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<BundleFile> Files(Blueprint blueprint, GpuEnvironment environment, BundleTarget target, DateTimeOffset expiresAt)
    {
        var values = Values(environment, target, expiresAt);
        return
        [
            // The blueprint's own README speaks to whoever works on the blueprint.
            .. blueprint.Files.Where(file => file.Path != "README.md"),
            new BundleFile("terraform.tfvars.json", JsonSerializer.Serialize(values, ValuesJson) + "\n"),
            new BundleFile("README.md", BundleReadme.For(environment, expiresAt)),
        ];
    }

    /// <summary>The files as a zip with fixed times and order.</summary>
    public static byte[] Zip(IReadOnlyList<BundleFile> files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
            {
                var entry = zip.CreateEntry(file.Path, CompressionLevel.Optimal);
                entry.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var content = entry.Open();
                content.Write(file.Content.Span);
            }
        }

        return stream.ToArray();
    }

    private static SortedDictionary<string, object?> Values(GpuEnvironment environment, BundleTarget target, DateTimeOffset expiresAt)
    {
        var values = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (option, value) in environment.Request.Variables ?? new Dictionary<string, JsonElement>())
        {
            values[option] = value;
        }

        // After the options, so that none of them stands in the place of one of these.
        foreach (var (variable, value) in Own(environment, target, expiresAt))
        {
            values[variable] = value;
        }

        return values;
    }

    private static Dictionary<string, object?> Own(GpuEnvironment environment, BundleTarget target, DateTimeOffset expiresAt)
    {
        var generation = environment.Generation!;
        var offer = generation.Quote.Offer;
        var values = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = environment.Name,
            ["installation"] = target.Installation,
            ["environment"] = environment.Id,
            ["owner"] = environment.Owner,
            ["expires_at"] = Time(expiresAt),
            ["max_runtime_hours"] = generation.Quote.MaxRuntimeHours,
            ["region"] = offer.Region,
            ["instance_type"] = offer.InstanceType,
            ["capacity"] = Wire.Name(offer.Capacity),
            ["root_volume_gib"] = EnvironmentPrice.RootVolumeGiB(generation.Requirements, generation.Dataset),
            ["model"] = $"{generation.Model.Source}:{generation.Model.Id}",
            ["dataset"] = generation.Dataset is { } dataset ? $"{dataset.Source}:{dataset.Id}" : null,
            ["mode"] = Wire.Name(generation.Requirements.Mode),
            ["precision"] = Wire.Name(generation.Requirements.Precision),
        };
        if (environment.Request.Tags is { Count: > 0 } tags)
        {
            values["tags"] = new SortedDictionary<string, string>(tags.ToDictionary(), StringComparer.Ordinal);
        }

        if (EnvironmentShape.OneZone(offer))
        {
            // The price is this zone's own. Zone ids such as use1-az1 name another zone in each account's words and are left to the blueprint.
            values["availability_zones"] = new[] { offer.Zone };
        }

        if (target.SimulatedEndpoint)
        {
            values["s3_use_path_style"] = true;
            values["ami_ssm_parameter"] = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
        }
        else if (Images.SsmParameter(offer) is { } parameter)
        {
            values["ami_ssm_parameter"] = parameter;
        }

        return values;
    }

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
