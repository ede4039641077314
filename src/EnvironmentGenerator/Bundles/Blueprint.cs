using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.EnvironmentGenerator.Bundles;

/// <summary>One file of a bundle; the path is relative with forward slashes.</summary>
public sealed record BundleFile(string Path, ReadOnlyMemory<byte> Content)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public BundleFile(string path, string text)
        : this(path, Utf8.GetBytes(text))
    {
    }

    /// <summary>The content as UTF-8.</summary>
    public string Text => Utf8.GetString(Content.Span);
}

/// <summary>A root module with the modules it uses, as they ship inside this assembly.</summary>
public sealed partial record Blueprint(Cloud Cloud, string Name, IReadOnlyList<BundleFile> Files)
{
    private const string Prefix = "terraform/";

    private static readonly Lazy<Dictionary<string, byte[]>> Resources = new(ReadResources);

    private static readonly Lazy<FrozenDictionary<(Cloud, string), Blueprint>> Shipped = new(Load);

    private readonly Lazy<string> _contentHash = new(() => Hash(Files));

    /// <summary>Version of a registered blueprint; null for one that ships with the service.</summary>
    public string? RegisteredVersion { get; init; }

    /// <summary>SHA-256 over paths and contents of all files, in hex.</summary>
    public string ContentHash => _contentHash.Value;

    /// <summary>Every shipped blueprint.</summary>
    public static IReadOnlyCollection<Blueprint> All => Shipped.Value.Values;

    public static Blueprint? Find(Cloud cloud, string name) => Shipped.Value.GetValueOrDefault((cloud, name));

    /// <summary>A user's files with the shipped modules that they use, and the folders that both have.</summary>
    public static (Blueprint Blueprint, IReadOnlyList<string> Clashes) Assemble(Cloud cloud, string name, IReadOnlyList<BundleFile> own)
    {
        var modules = new Queue<string>();
        var files = new SortedDictionary<string, BundleFile>(StringComparer.Ordinal);
        foreach (var file in own)
        {
            // What is not shipped stays as it is written, for whoever checks the files to name it.
            var isRoot = file.Path.EndsWith(".tf", StringComparison.Ordinal) && !file.Path.Contains('/', StringComparison.Ordinal);
            files[file.Path] = isRoot ? file with { Content = Beside(file.Content.ToArray(), modules, Resources.Value) } : file;
        }

        var used = modules.Distinct(StringComparer.Ordinal).ToList();
        var clashes = used.Select(module => $"modules/{module.Split('/')[2]}").Where(folder => own.Any(file => file.Path.StartsWith(folder + "/", StringComparison.OrdinalIgnoreCase))).ToList();
        AddModules(files, used, Resources.Value);
        return (new Blueprint(cloud, name, [.. files.Values]), clashes);
    }

    private static string Hash(IReadOnlyList<BundleFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\n{file.Content.Length}\n"));
            hash.AppendData(file.Content.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static Dictionary<string, byte[]> ReadResources()
    {
        var assembly = typeof(Blueprint).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToDictionary(name => name[Prefix.Length..], name => Read(assembly, name), StringComparer.Ordinal);
    }

    private static FrozenDictionary<(Cloud, string), Blueprint> Load()
    {
        var resources = Resources.Value;
        var blueprints = new List<Blueprint>();
        foreach (var roots in resources.Keys.Where(path => path.StartsWith("blueprints/", StringComparison.Ordinal)).GroupBy(path => string.Join('/', path.Split('/')[..3])))
        {
            // blueprints/aws/training/main.tf
            var parts = roots.Key.Split('/');
            if (!Wire.TryParse<Cloud>(parts[1], out var cloud))
            {
                continue;
            }

            blueprints.Add(new Blueprint(cloud, parts[2], Assemble(resources, roots.Key, [.. roots])));
        }

        return blueprints.ToFrozenDictionary(blueprint => (blueprint.Cloud, blueprint.Name));
    }

    // In the repository a blueprint reaches its modules by ../../../modules/<cloud>/; in a bundle they lie beside it.
    private static List<BundleFile> Assemble(Dictionary<string, byte[]> resources, string root, List<string> rootFiles)
    {
        var files = new SortedDictionary<string, BundleFile>(StringComparer.Ordinal);
        var modules = new Queue<string>();
        foreach (var path in rootFiles)
        {
            var name = path[(root.Length + 1)..];
            files[name] = new BundleFile(name, path.EndsWith(".tf", StringComparison.Ordinal) ? Beside(resources[path], modules, resources) : resources[path]);
        }

        AddModules(files, modules.Distinct(StringComparer.Ordinal), resources);
        return [.. files.Values];
    }

    private static void AddModules(SortedDictionary<string, BundleFile> files, IEnumerable<string> modules, Dictionary<string, byte[]> resources)
    {
        foreach (var module in modules)
        {
            foreach (var path in resources.Keys.Where(path => path.StartsWith(module + "/", StringComparison.Ordinal)))
            {
                var name = $"modules/{module.Split('/')[2]}/{path[(module.Length + 1)..]}";
                files[name] = new BundleFile(name, resources[path]);
            }
        }
    }

    private static byte[] Beside(byte[] content, Queue<string> modules, Dictionary<string, byte[]> resources)
    {
        var text = Encoding.UTF8.GetString(content);
        var moved = ModuleSource().Replace(text, source =>
        {
            var module = $"modules/{source.Groups["cloud"].Value}/{source.Groups["module"].Value}";
            if (!resources.ContainsKey(module + "/main.tf"))
            {
                return source.Value;
            }

            modules.Enqueue(module);
            return $"\"./modules/{source.Groups["module"].Value}\"";
        });
        return ReferenceEquals(moved, text) ? content : Encoding.UTF8.GetBytes(moved);
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var resource = assembly.GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }

    [GeneratedRegex("\"(?:\\.\\./)+modules/(?<cloud>[a-z]+)/(?<module>[a-z0-9-]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ModuleSource();
}
