using System.Text.Json;

namespace Terradev.Blueprints.Tests;

/// <summary>Each check finds the defect it is for, and nothing in a sound resource.</summary>
public sealed class ChecklistTests
{
    private const string Tagged = """ "tags_all": { "terradev:installation": "i", "terradev:environment": "e", "terradev:owner": "o", "terradev:expires-at": "x" } """;
    private const string Schedule = """{ "schedule_expression": "at(2030-01-31T18:00:00)", "schedule_expression_timezone": "UTC" }""";

    [Theory]
    [InlineData("aws_ebs_volume", """{ "encrypted": true }""", """{ "encrypted": false }""", "not encrypted")]
    [InlineData("aws_efs_file_system", """{ "encrypted": true }""", """{ "encrypted": null }""", "not encrypted")]
    [InlineData("aws_sns_topic", """{ "kms_master_key_id": "alias/aws/sns" }""", """{ "kms_master_key_id": null }""", "not encrypted")]
    [InlineData("aws_sqs_queue", """{ "sqs_managed_sse_enabled": true }""", """{ "sqs_managed_sse_enabled": false }""", "not encrypted")]
    [InlineData("aws_ecr_repository", """{ "encryption_configuration": [{ "encryption_type": "AES256" }] }""", """{ "encryption_configuration": [] }""", "not encrypted")]
    [InlineData(
        "aws_s3_bucket_server_side_encryption_configuration", """{ "rule": [{ "apply_server_side_encryption_by_default": [{ "sse_algorithm": "AES256" }] }] }""",
        """{ "rule": [{ "apply_server_side_encryption_by_default": [] }] }""", "not encrypted")]
    [InlineData(
        "aws_instance", """{ "metadata_options": [{ "http_tokens": "required" }], "root_block_device": [{ "encrypted": true }] }""",
        """{ "metadata_options": [{ "http_tokens": "optional" }], "root_block_device": [{ "encrypted": true }] }""", "IMDSv1 is admitted")]
    [InlineData("aws_instance", """{ "launch_template": [{ "id": "lt-1" }] }""", """{ "root_block_device": [{ "encrypted": true }] }""", "IMDSv2 is not required")]
    [InlineData(
        "aws_instance", """{ "launch_template": [{}], "ebs_block_device": [{ "encrypted": true }] }""", """{ "launch_template": [{}], "ebs_block_device": [{ "encrypted": false }] }""",
        "volume is not encrypted")]
    [InlineData(
        "aws_launch_template", """{ "metadata_options": [{ "http_tokens": "required" }], "block_device_mappings": [{ "ebs": [{ "encrypted": "true" }] }] }""",
        """{ "metadata_options": [{ "http_tokens": "required" }], "block_device_mappings": [{ "ebs": [{ "encrypted": "true" }] }, { "ebs": [{ "encrypted": "false" }] }] }""", "volume is not encrypted")]
    [InlineData(
        "aws_launch_template", """{ "metadata_options": [{ "http_tokens": "required" }], "block_device_mappings": [{ "ebs": [{ "encrypted": "true" }] }] }""",
        """{ "metadata_options": [], "block_device_mappings": [{ "ebs": [{ "encrypted": "true" }] }] }""", "IMDSv2 is not required")]
    [InlineData(
        "aws_s3_bucket_public_access_block", """{ "block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true }""",
        """{ "block_public_acls": true, "block_public_policy": true, "ignore_public_acls": false, "restrict_public_buckets": true }""", "ignore_public_acls is off")]
    [InlineData("aws_vpc_security_group_ingress_rule", """{ "cidr_ipv4": "198.51.100.0/24" }""", """{ "cidr_ipv4": "0.0.0.0/0" }""", "open to the world")]
    [InlineData("aws_vpc_security_group_ingress_rule", """{ "cidr_ipv6": "2001:db8::/32" }""", """{ "cidr_ipv6": "::/0" }""", "open to the world")]
    [InlineData("aws_security_group_rule", """{ "type": "egress", "cidr_blocks": ["0.0.0.0/0"] }""", """{ "type": "ingress", "cidr_blocks": ["0.0.0.0/0"] }""", "open to the world")]
    [InlineData("aws_security_group", """{ "ingress": [] }""", """{ "ingress": [{ "ipv6_cidr_blocks": ["::/0"] }] }""", "open to the world")]
    [InlineData(
        "aws_autoscaling_group", """{ "tag": [{ "key": "terradev:installation" }, { "key": "terradev:environment" }, { "key": "terradev:owner" }, { "key": "terradev:expires-at" }] }""",
        """{ "tag": [{ "key": "terradev:installation" }, { "key": "terradev:environment" }, { "key": "terradev:owner" }] }""", "no tag terradev:expires-at")]
    [InlineData("aws_vpc", "{" + Tagged + "}", """{ "tags_all": { "terradev:installation": "i", "terradev:environment": "e", "terradev:expires-at": "x" } }""", "no tag terradev:owner")]
    [InlineData("aws_vpc", "{" + Tagged + "}", """{ "tags_all": null }""", "no tags")]
    public void A_defect_is_found_and_its_absence_is_not(string type, string sound, string broken, string fault)
    {
        Faults((type, sound)).ShouldBeEmpty();
        Faults((type, broken)).ShouldContain($"module.m.{type}.this: {fault}");
    }

    [Theory]
    [InlineData("""{ "Effect": "Allow", "Action": "*", "Resource": "*" }""", "* on everything")]
    [InlineData("""{ "Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"], "Condition": {} }""", "s3:* on everything")]
    [InlineData("""{ "Effect": "Allow", "Action": ["cloudwatch:PutMetricData", "s3:GetObject"], "Resource": "*" }""", "s3:GetObject on everything")]
    [InlineData("""{ "Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*" }""", null)]
    [InlineData("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*" }""", null)]
    [InlineData("""{ "Effect": "Deny", "Action": "*", "Resource": "*" }""", null)]
    public void A_statement_may_not_allow_everything(string statement, string? fault)
    {
        var policy = JsonSerializer.Serialize(new { policy = $$"""{ "Version": "2012-10-17", "Statement": [{{statement}}] }""" });
        Faults(("aws_iam_role_policy", policy)).ShouldBe(fault is null ? [] : [$"module.m.aws_iam_role_policy.this: {fault}"]);
    }

    [Theory]
    [InlineData("""{ "Effect": "Deny", "Action": "s3:*", "Principal": "*", "Resource": "*", "Condition": { "Bool": { "aws:SecureTransport": "false" } } }""", true)]
    [InlineData("""{ "Effect": "Deny", "Action": "s3:*", "Principal": "*", "Resource": "*", "Condition": { "Bool": { "aws:SecureTransport": "true" } } }""", false)]
    [InlineData("""{ "Effect": "Allow", "Action": "s3:*", "Principal": "*", "Resource": "*", "Condition": { "Bool": { "aws:SecureTransport": "false" } } }""", false)]
    public void A_bucket_policy_denies_plain_http(string statement, bool sound)
    {
        var policy = JsonSerializer.Serialize(new { policy = $$"""{ "Version": "2012-10-17", "Statement": {{statement}} }""" });
        Faults(("aws_s3_bucket_policy", policy)).Contains("module.m.aws_s3_bucket_policy.this: admits plain HTTP").ShouldBe(!sound);
    }

    [Fact]
    public void A_bucket_without_its_companions_is_found() =>
        Faults(("aws_s3_bucket", "{}")).ShouldBe(
            ["module.m: a bucket without aws_s3_bucket_public_access_block", "module.m: a bucket without aws_s3_bucket_server_side_encryption_configuration", "module.m: a bucket without aws_s3_bucket_policy"]);

    [Fact]
    public void A_schedule_at_another_time_is_not_the_deadline() =>
        Checklist.Faults([Make("aws_scheduler_schedule", Schedule)], "2030-01-31T19:00:00Z").ShouldBe(["no schedule ends it at 2030-01-31T19:00:00Z"]);

    [Fact]
    public void Tags_that_a_plan_does_not_know_are_a_fault()
    {
        var resource = new Resource("aws_vpc.this", "aws_vpc", JsonDocument.Parse("{}").RootElement, JsonDocument.Parse("""{ "tags_all": true }""").RootElement);
        Checklist.Faults([resource, Make("aws_scheduler_schedule", Schedule)], Values.ExpiresAt).ShouldBe(["aws_vpc.this: tags are not known when it is planned"]);
    }

    private static IReadOnlyList<string> Faults((string Type, string Json) broken) =>
        Checklist.Faults([Make(broken.Type, broken.Json), Make("aws_scheduler_schedule", Schedule)], Values.ExpiresAt);

    private static Resource Make(string type, string json) => new($"module.m.{type}.this", type, JsonDocument.Parse(json).RootElement, default);
}
