using System.Text.Json;
using System.Text.RegularExpressions;

namespace Terradev.Blueprints.Tests;

/// <summary>One resource of a plan or a state; in a plan some values are known only after the apply.</summary>
internal sealed record Resource(string Address, string Type, JsonElement Values, JsonElement Unknown)
{
    public string Module { get; } = Address.LastIndexOf($".{Type}.", StringComparison.Ordinal) is > 0 and var end ? Address[..end] : "";

    public static IReadOnlyList<Resource> OfPlan(JsonElement plan) =>
        [.. plan.GetProperty("resource_changes").EnumerateArray()
            .Where(change => change.GetProperty("mode").GetString() == "managed" && change.GetProperty("change").GetProperty("after").ValueKind == JsonValueKind.Object)
            .Select(change => new Resource(
                change.GetProperty("address").GetString()!, change.GetProperty("type").GetString()!, change.GetProperty("change").GetProperty("after"), change.GetProperty("change").GetProperty("after_unknown")))];

    public static IReadOnlyList<Resource> OfState(JsonElement state) =>
        state.TryGetProperty("values", out var values) && values.TryGetProperty("root_module", out var root) ? [.. OfModule(root)] : [];

    public JsonElement? Get(string name) => Values.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string name) => Get(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public bool Is(string name) => IsTrue(Get(name));

    public bool IsUnknown(string name) => Unknown.ValueKind == JsonValueKind.Object && IsTrue(Unknown.TryGetProperty(name, out var value) ? value : null);

    public IEnumerable<JsonElement> Blocks(string name) => Get(name) is { ValueKind: JsonValueKind.Array } blocks ? blocks.EnumerateArray() : [];

    // Launch templates hold their booleans as text.
    public static bool IsTrue(JsonElement? value) => value is { ValueKind: JsonValueKind.True } || (value is { ValueKind: JsonValueKind.String } text && text.GetString() == "true");

    private static IEnumerable<Resource> OfModule(JsonElement module)
    {
        var own = module.TryGetProperty("resources", out var resources) ? resources.EnumerateArray().ToList() : [];
        var children = module.TryGetProperty("child_modules", out var modules) ? modules.EnumerateArray().ToList() : [];
        return own.Where(resource => resource.GetProperty("mode").GetString() == "managed")
            .Select(resource => new Resource(resource.GetProperty("address").GetString()!, resource.GetProperty("type").GetString()!, resource.GetProperty("values"), default))
            .Concat(children.SelectMany(OfModule));
    }
}

/// <summary>What every environment must be, whoever wrote its modules. A fault is "address: what is wrong".</summary>
internal static partial class Checklist
{
    // AWS knows no smaller resource for these
    // (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
    private static readonly HashSet<string> OnlyOnEverything = new(StringComparer.OrdinalIgnoreCase)
    {
        "cloudwatch:PutMetricData", "ec2:DescribeInstances", "ec2:DescribeSnapshots", "ec2:DescribeVolumes", "ec2:DescribeTags", "ec2:DescribeInstanceStatus", "ecr:GetAuthorizationToken",
        "ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
        "ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage", "ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply",
        "autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances",
    };

    private static readonly string[] Tags = ["terradev:installation", "terradev:environment", "terradev:owner", "terradev:expires-at"];

    private static readonly string[] OfEveryBucket =
    [
        "aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_policy",
    ];

    public static IReadOnlyList<string> Faults(IReadOnlyList<Resource> resources, string expiresAt)
    {
        var faults = resources.SelectMany(resource => Faults(resource).Concat(TagFaults(resource)).Select(fault => $"{resource.Address}: {fault}")).ToList();
        foreach (var module in resources.GroupBy(resource => resource.Module))
        {
            var buckets = module.Count(resource => resource.Type == "aws_s3_bucket");
            faults.AddRange(OfEveryBucket.Where(type => module.Count(resource => resource.Type == type) < buckets).Select(type => $"{module.Key}: a bucket without {type}"));
        }

        var at = $"at({expiresAt.TrimEnd('Z')})";
        if (!resources.Any(resource => resource.Type == "aws_scheduler_schedule" && resource.Text("schedule_expression") == at && resource.Text("schedule_expression_timezone") == "UTC"))
        {
            faults.Add($"no schedule ends it at {expiresAt}");
        }

        return faults;
    }

    private static IEnumerable<string> Faults(Resource resource) => resource.Type switch
    {
        "aws_instance" => InstanceFaults(resource),
        "aws_launch_template" => TemplateFaults(resource),
        "aws_ebs_volume" or "aws_efs_file_system" => When(!resource.Is("encrypted"), "not encrypted"),
        "aws_sns_topic" => When(resource.Text("kms_master_key_id") is null or "" && !resource.IsUnknown("kms_master_key_id"), "not encrypted"),
        "aws_sqs_queue" => When(!resource.Is("sqs_managed_sse_enabled") && resource.Text("kms_master_key_id") is null && !resource.IsUnknown("kms_master_key_id"), "not encrypted"),
        "aws_ecr_repository" => When(!resource.Blocks("encryption_configuration").Any(), "not encrypted"),
        "aws_s3_bucket_server_side_encryption_configuration" => When(
            !resource.Blocks("rule").Any(rule => rule.TryGetProperty("apply_server_side_encryption_by_default", out var byDefault) && byDefault.EnumerateArray().Any()), "not encrypted"),
        "aws_s3_bucket_public_access_block" => new[] { "block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets" }
            .Where(setting => !resource.Is(setting)).Select(setting => $"{setting} is off"),
        "aws_s3_bucket_policy" => When(!resource.IsUnknown("policy") && !DeniesPlainHttp(resource.Text("policy")), "admits plain HTTP"),
        "aws_vpc_security_group_ingress_rule" => When(IsOpen(resource.Text("cidr_ipv4")) || IsOpen(resource.Text("cidr_ipv6")), "open to the world"),
        "aws_security_group_rule" => When(resource.Text("type") == "ingress" && Cidrs(resource.Values).Any(IsOpen), "open to the world"),
        "aws_security_group" or "aws_default_security_group" => When(resource.Blocks("ingress").SelectMany(Cidrs).Any(IsOpen), "open to the world"),
        "aws_iam_role_policy" or "aws_iam_policy" => PolicyFaults(resource.Text("policy")),
        _ => [],
    };

    private static IEnumerable<string> InstanceFaults(Resource instance)
    {
        var disks = instance.Blocks("root_block_device").Concat(instance.Blocks("ebs_block_device")).ToList();
        var templated = instance.Blocks("launch_template").Any() || instance.IsUnknown("launch_template");
        return When(!templated && !instance.Blocks("metadata_options").Any(RequiresTokens), "IMDSv2 is not required")
            .Concat(When(instance.Blocks("metadata_options").Any(options => !RequiresTokens(options)), "IMDSv1 is admitted"))
            .Concat(When(!templated && !instance.Blocks("root_block_device").Any(), "root volume is not encrypted"))
            .Concat(When(disks.Any(disk => !(disk.TryGetProperty("encrypted", out var encrypted) && Resource.IsTrue(encrypted))), "volume is not encrypted"));
    }

    private static IEnumerable<string> TemplateFaults(Resource template)
    {
        var disks = template.Blocks("block_device_mappings").SelectMany(mapping => mapping.TryGetProperty("ebs", out var ebs) ? ebs.EnumerateArray().ToList() : []).ToList();
        return When(!template.Blocks("metadata_options").Any(RequiresTokens), "IMDSv2 is not required")
            .Concat(When(disks.Count == 0 || disks.Any(disk => !(disk.TryGetProperty("encrypted", out var encrypted) && Resource.IsTrue(encrypted))), "volume is not encrypted"));
    }

    // Every taggable resource has tags_all in the provider's schema, and so in a plan.
    private static IEnumerable<string> TagFaults(Resource resource)
    {
        if (resource.Type == "aws_autoscaling_group")
        {
            var given = resource.Blocks("tag").Select(tag => tag.GetProperty("key").GetString()).ToHashSet();
            return Tags.Where(tag => !given.Contains(tag)).Select(tag => $"no tag {tag}");
        }

        if (resource.IsUnknown("tags_all"))
        {
            return ["tags are not known when it is planned"];
        }

        return resource.Get("tags_all") is { } tags ? Tags.Where(tag => !tags.TryGetProperty(tag, out _)).Select(tag => $"no tag {tag}")
            : resource.Values.TryGetProperty("tags_all", out _) ? ["no tags"] : [];
    }

    private static IEnumerable<string> PolicyFaults(string? policy)
    {
        foreach (var statement in Statements(policy).Where(statement => statement.GetProperty("Effect").GetString() == "Allow"))
        {
            if (!TextsOf(statement, "Resource").Contains("*"))
            {
                continue;
            }

            var bounded = statement.TryGetProperty("Condition", out _);
            foreach (var action in TextsOf(statement, "Action"))
            {
                if (action == "*" || action.EndsWith(":*", StringComparison.Ordinal) || (!bounded && !OnlyOnEverything.Contains(action)))
                {
                    yield return $"{action} on everything";
                }
            }
        }
    }

    private static bool DeniesPlainHttp(string? policy) => Statements(policy).Any(statement =>
        statement.GetProperty("Effect").GetString() == "Deny" && TextsOf(statement, "Action").Contains("s3:*") &&
        PlainHttp().IsMatch(statement.TryGetProperty("Condition", out var condition) ? condition.GetRawText() : ""));

    private static List<JsonElement> Statements(string? policy)
    {
        if (policy is null)
        {
            return [];
        }

        using var document = JsonDocument.Parse(policy);
        var statement = document.RootElement.GetProperty("Statement").Clone();
        return statement.ValueKind == JsonValueKind.Array ? [.. statement.EnumerateArray()] : [statement];
    }

    private static List<string> TextsOf(JsonElement statement, string name) =>
        !statement.TryGetProperty(name, out var value) ? [] : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(text => text.GetString()!)] : [value.GetString()!];

    private static IEnumerable<string?> Cidrs(JsonElement rule) => new[] { "cidr_blocks", "ipv6_cidr_blocks" }
        .SelectMany(name => rule.TryGetProperty(name, out var blocks) && blocks.ValueKind == JsonValueKind.Array ? blocks.EnumerateArray().Select(block => block.GetString()) : []);

    private static bool RequiresTokens(JsonElement options) => options.TryGetProperty("http_tokens", out var tokens) && tokens.GetString() == "required";

    private static bool IsOpen(string? cidr) => cidr is not null && cidr.EndsWith("/0", StringComparison.Ordinal);

    private static IEnumerable<string> When(bool wrong, string fault) => wrong ? [fault] : [];

    [GeneratedRegex("\"aws:SecureTransport\"\\s*:\\s*\\[?\\s*\"?false", RegexOptions.None, 1000)]
    private static partial Regex PlainHttp();
}
