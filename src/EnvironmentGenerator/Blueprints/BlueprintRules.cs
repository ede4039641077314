using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Terradev.EnvironmentGenerator.Bundles;

namespace Terradev.EnvironmentGenerator.Blueprints;

/// <summary>
/// What a user's blueprint may not contain, since Terraform runs it with this installation's credentials: programs of its own,
/// other providers, modules from elsewhere, and files of the machine it runs on.
/// </summary>
internal static class BlueprintRules
{
    private static readonly string[] Needed = ["name", "installation", "environment", "owner", "expires_at", "region", "instance_type", "capacity", "tags", "rehearsal", "force_destroy"];

    private static readonly FrozenSet<string> TopLevel = FrozenSet.Create(
        StringComparer.Ordinal, "terraform", "provider", "variable", "locals", "output", "resource", "data", "module", "moved", "removed", "check");

    // Profiles and configuration files can name a program that gives credentials.
    private static readonly FrozenSet<string> ProviderSettings = FrozenSet.Create(
        StringComparer.Ordinal, "alias", "region", "access_key", "secret_key", "s3_use_path_style", "skip_credentials_validation", "skip_metadata_api_check", "skip_region_validation",
        "skip_requesting_account_id", "max_retries", "allowed_account_ids", "forbidden_account_ids", "default_tags", "ignore_tags");

    private static readonly FrozenSet<string> FileFunctions = FrozenSet.Create(
        StringComparer.Ordinal, "file", "filebase64", "fileexists", "templatefile", "fileset", "filemd5", "filesha1", "filesha256", "filesha512", "filebase64sha256", "filebase64sha512");

    /// <param name="own">Paths of the files that the user wrote; the others are shipped modules, which need no check.</param>
    public static IReadOnlyList<BlueprintFault> Faults(IReadOnlyList<BundleFile> files, IReadOnlySet<string> own)
    {
        var faults = new List<BlueprintFault>();
        var templates = new SortedSet<string>(StringComparer.Ordinal);
        var variables = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files.Where(file => own.Contains(file.Path) && file.Path.EndsWith(".tf", StringComparison.Ordinal)))
        {
            var (declared, fault) = VariablesFile.Read(file.Path, file.Text);
            if (fault is not null)
            {
                faults.Add(BlueprintFault.At(fault.File, fault.Line, fault.Cause));
                continue;
            }

            var check = new FileCheck(file.Path, files, faults, templates);
            check.File(declared!.Body);
            if (!file.Path.Contains('/', StringComparison.Ordinal))
            {
                variables.UnionWith(declared.Variables.Select(variable => variable.Name));
            }
        }

        foreach (var file in files.Where(file => own.Contains(file.Path) && !file.Path.EndsWith(".tf", StringComparison.Ordinal) && (templates.Contains(System.IO.Path.GetFileName(file.Path)) || file.Path.EndsWith(".tftpl", StringComparison.Ordinal))))
        {
            // A template is what stands in a here-document, and its functions are the same.
            var (body, fault) = HclReader.Read(file.Path, $"template = <<END_OF_TEMPLATE_8f1c\n{file.Text}\nEND_OF_TEMPLATE_8f1c\n");
            if (body is null)
            {
                faults.Add(BlueprintFault.At(file.Path, Math.Max(1, fault!.Line - 1), fault.Cause));
                continue;
            }

            new FileCheck(file.Path, files, faults, templates).Functions(body.Attributes["template"].Tokens, lineOffset: 1);
        }

        faults.AddRange(Needed.Where(name => !variables.Contains(name)).Select(name =>
            new BlueprintFault("variables.tf", $"The variable {name} is missing; Terradev sets {string.Join(", ", Needed)}.")));
        return faults;
    }

    private sealed class FileCheck(string path, IReadOnlyList<BundleFile> files, List<BlueprintFault> faults, SortedSet<string> templates)
    {
        public void File(HclBody body)
        {
            foreach (var block in body.Blocks)
            {
                if (!TopLevel.Contains(block.Type))
                {
                    Fault(block.Line, $"Blocks of the kind {block.Type} are not taken.");
                }

                switch (block.Type)
                {
                    case "terraform":
                        Settings(block);
                        break;
                    case "provider":
                        Provider(block);
                        break;
                    case "module":
                        Module(block);
                        break;
                    case "check":
                        foreach (var data in block.Body.Blocks.Where(inner => inner.Type == "data"))
                        {
                            Kind(data);
                        }

                        break;
                    case "resource" or "data":
                        Kind(block);
                        break;
                }

                Everywhere(block);
            }

            foreach (var attribute in body.Attributes)
            {
                Fault(attribute.Value.Line, $"{attribute.Key} stands outside of a block.");
            }
        }

        /// <summary>Functions that read files of the machine.</summary>
        public void Functions(IReadOnlyList<HclToken> tokens, int lineOffset = 0)
        {
            for (var i = 0; i < tokens.Count; i++)
            {
                if (tokens[i].Inner is { } inner)
                {
                    Functions(inner, lineOffset);
                }

                if (tokens[i].Kind != HclKind.Identifier || !tokens.Skip(i + 1).FirstOrDefault(token => token.Kind != HclKind.NewLine).Is("("))
                {
                    continue;
                }

                var line = Math.Max(1, tokens[i].Line - lineOffset);
                var function = tokens[i].Value;
                if (function == "templatestring")
                {
                    Fault(line, "templatestring is not taken; use templatefile with a file of the blueprint.");
                }
                else if (FileFunctions.Contains(function))
                {
                    FileFunction(function, Arguments(tokens, i), line);
                }
            }
        }

        private void FileFunction(string function, List<List<HclToken>> arguments, int line)
        {
            var folder = function == "fileset" && arguments is [{ } first, _] && IsModulePath(first);
            if (!folder && (arguments.Count == 0 || !Inside(arguments[0])))
            {
                Fault(line, $"{function} reads a file whose path is written out below the blueprint, such as \"${{path.module}}/files/start.sh\", without ..");
            }
            else if (function == "fileset" && (arguments is not [_, [{ Kind: HclKind.Text, Inner: null } pattern]] || pattern.Value.Contains("..", StringComparison.Ordinal)))
            {
                Fault(line, "The pattern of fileset is written out, without ..");
            }
            else if (function == "templatefile")
            {
                templates.Add(System.IO.Path.GetFileName(arguments[0][0].Value));
            }
        }

        private void Settings(HclBlock block)
        {
            foreach (var name in block.Body.Attributes.Keys.Where(name => name != "required_version"))
            {
                Fault(block.Line, $"terraform.{name} is not taken.");
            }

            foreach (var inner in block.Body.Blocks)
            {
                if (inner.Type == "required_providers")
                {
                    foreach (var (name, provider) in inner.Body.Attributes)
                    {
                        if (name != "aws" || !provider.TryLiteral(out var value) || value is not JsonObject settings || !IsAws(settings["source"]))
                        {
                            Fault(provider.Line, $"The provider {name} is not taken; only aws with the source hashicorp/aws is.");
                        }
                    }
                }
                else if (inner.Type != "backend" || inner.Labels is not ["local"] || inner.Body.Attributes.Count > 0 || inner.Body.Blocks.Count > 0)
                {
                    Fault(inner.Line, inner.Type == "backend" ? "The only backend is backend \"local\" {}: Terradev keeps the state." : $"terraform.{inner.Type} is not taken.");
                }
            }
        }

        private static bool IsAws(JsonNode? source) =>
            source?.GetValueKind() == System.Text.Json.JsonValueKind.String && source.GetValue<string>() is "hashicorp/aws" or "registry.terraform.io/hashicorp/aws";

        private void Provider(HclBlock block)
        {
            if (block.Labels is not ["aws"])
            {
                Fault(block.Line, "The only provider is aws.");
            }

            foreach (var name in block.Body.Attributes.Keys.Concat(block.Body.Blocks.Select(inner => inner.Type)).Where(name => !ProviderSettings.Contains(name)))
            {
                Fault(block.Line, $"The provider's {name} is not taken: credentials and addresses are this installation's.");
            }
        }

        private void Kind(HclBlock block)
        {
            var type = block.Labels.Count > 0 ? block.Labels[0] : "";
            if (!type.StartsWith("aws_", StringComparison.Ordinal) && !(type == "terraform_data" && block.Type == "resource"))
            {
                Fault(block.Line, $"{block.Type} \"{(type.Length > 64 ? type[..64] : type)}\" is not taken; only those of AWS and terraform_data are.");
            }

            // Arguments through which the provider itself reads a file.
            foreach (var (name, value) in block.Body.Attributes.Where(a => a.Key is "filename" or "zip_file" || (a.Key == "source" && type.EndsWith("_object", StringComparison.Ordinal))))
            {
                if (!Inside(value.Tokens))
                {
                    Fault(value.Line, $"{name} is the path of a file below the blueprint, written out, such as \"${{path.module}}/lambda.zip\".");
                }
            }
        }

        private void Module(HclBlock block)
        {
            var source = block.Body.Text("source");
            if (source is null || !(source.StartsWith("./", StringComparison.Ordinal) || source.StartsWith("../", StringComparison.Ordinal)))
            {
                Fault(block.Line, "A module's source is a folder of the blueprint, such as ./modules/mine, or a shipped module, such as ../../../modules/aws/network.");
                return;
            }

            var folder = new List<string>(path.Split('/')[..^1]);
            foreach (var part in source.Split('/').Where(part => part is not ("" or ".")))
            {
                if (part != "..")
                {
                    folder.Add(part);
                }
                else if (folder.Count == 0)
                {
                    Fault(block.Line, $"The source {source} leads out of the blueprint, and there is no shipped module of that name.");
                    return;
                }
                else
                {
                    folder.RemoveAt(folder.Count - 1);
                }
            }

            var prefix = folder.Count == 0 ? "" : string.Join('/', folder) + "/";
            if (prefix.Length == 0 || !files.Any(file => file.Path.StartsWith(prefix, StringComparison.Ordinal) && file.Path.EndsWith(".tf", StringComparison.Ordinal)))
            {
                Fault(block.Line, $"There is no module in {source}.");
            }
        }

        private void Everywhere(HclBlock block)
        {
            foreach (var attribute in block.Body.Attributes.Values)
            {
                Functions(attribute.Tokens);
            }

            foreach (var inner in block.Body.Blocks)
            {
                if (inner.Type is "provisioner" or "connection")
                {
                    Fault(inner.Line, "Provisioners run programs where Terraform runs, and are not taken; use user data.");
                }

                Everywhere(inner);
            }
        }

        private void Fault(int line, string cause) => faults.Add(BlueprintFault.At(path, line, cause));

        // "${path.module}/..." or a plain relative path. The mark stands where ${ } stood.
        private static bool Inside(IReadOnlyList<HclToken> argument)
        {
            if (argument is not [{ Kind: HclKind.Text } text] || text.Value.Contains("..", StringComparison.Ordinal) || text.Value.Contains('\\', StringComparison.Ordinal))
            {
                return false;
            }

            return text.Inner is null
                ? text.Value.Length > 0 && text.Value[0] is not ('/' or '~')
                : IsModulePath(text.Inner) && text.Value.StartsWith($"{HclLexer.Mark}/", StringComparison.Ordinal) && text.Value.LastIndexOf(HclLexer.Mark) == 0;
        }

        private static bool IsModulePath(IReadOnlyList<HclToken> tokens) =>
            tokens is [{ Value: "path" }, { Value: "." }, { Value: "module" or "root" }];

        private static List<List<HclToken>> Arguments(IReadOnlyList<HclToken> tokens, int function)
        {
            var arguments = new List<List<HclToken>>();
            var current = new List<HclToken>();
            var depth = 0;
            foreach (var token in tokens.Skip(function + 1).Where(token => token.Kind != HclKind.NewLine))
            {
                var change = token switch { { Kind: HclKind.Symbol, Value: "(" or "[" or "{" } => 1, { Kind: HclKind.Symbol, Value: ")" or "]" or "}" } => -1, _ => 0 };
                depth += change;
                if (depth == 0)
                {
                    break;
                }

                if (depth == 1 && change == 1)
                {
                    continue;
                }

                if (depth == 1 && token.Is(","))
                {
                    arguments.Add(current);
                    current = [];
                    continue;
                }

                current.Add(token);
            }

            if (current.Count > 0)
            {
                arguments.Add(current);
            }

            return arguments;
        }
    }
}
