using Microsoft.Extensions.Options;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>
/// Hands Terraform a CLI configuration that names a local provider mirror, where there is one and the user has not given a
/// configuration of their own.
/// </summary>
internal sealed class ProviderMirror(IOptions<TerraformOptions> terraform, IOptions<TerradevOptions> terradev)
{
    private const string Variable = "TF_CLI_CONFIG_FILE";
    private const string Registry = "registry.terraform.io";

    private readonly Lazy<IReadOnlyDictionary<string, string>> _variables = new(() => Find(terraform.Value.ProviderMirror, terradev.Value));

    /// <summary>The variables to add to Terraform's environment; empty when Terraform installs its providers by itself.</summary>
    public IReadOnlyDictionary<string, string> Variables => _variables.Value;

    private static Dictionary<string, string> Find(string? configured, TerradevOptions terradev)
    {
        var none = new Dictionary<string, string>(StringComparer.Ordinal);
        if (configured is null && Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } own && File.Exists(own))
        {
            return none;
        }

        var mirror = configured ?? Candidates().FirstOrDefault(folder => Directory.Exists(Path.Combine(folder, Registry, "hashicorp", "aws")));
        if (mirror is null)
        {
            return none;
        }

        var file = Path.Combine(terradev.EnsureDataDirectory("terraform"), "cli.tfrc");
        var path = Path.GetFullPath(mirror).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        var text = $$"""
            disable_checkpoint = true
            provider_installation {
              filesystem_mirror {
                path    = "{{path}}"
                include = ["{{Registry}}/hashicorp/aws"]
              }
              direct {
                exclude = ["{{Registry}}/hashicorp/aws"]
              }
            }

            """;
        if (!File.Exists(file) || File.ReadAllText(file) != text)
        {
            // Written aside and moved, because another process may be reading it.
            var draft = $"{file}.{Guid.NewGuid():N}";
            File.WriteAllText(draft, text);
            File.Move(draft, file, overwrite: true);
        }

        return new Dictionary<string, string>(StringComparer.Ordinal) { [Variable] = file };
    }

    // Terraform's own implied mirrors first, then one level below the folders where software is put by hand.
    private static IEnumerable<string> Candidates()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string[] implied = [Path.Combine(home, ".terraform.d", "plugins"), Path.Combine(home, ".local", "share", "terraform", "plugins"), "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"];
        string[] roots = ["/opt", "/srv", "/var/lib", "/usr/local/share", "/usr/share"];
        return implied.Concat(roots.Where(Directory.Exists).SelectMany(root =>
            Directory.EnumerateDirectories(root, "*", new EnumerationOptions { IgnoreInaccessible = true })));
    }
}
