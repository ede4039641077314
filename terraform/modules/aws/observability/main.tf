locals {
  partition = startswith(var.region, "cn-") ? "aws-cn" : startswith(var.region, "us-gov-") ? "aws-us-gov" : "aws"

  # arn:partition:logs:region:account:log-group:name. Asking AWS for the account would need credentials to plan.
  account = split(":", aws_cloudwatch_log_group.this.arn)[4]

  namespace = coalesce(var.metrics_namespace, "Terradev/${var.name}")
}

resource "aws_cloudwatch_log_group" "this" {
  name              = var.name
  retention_in_days = var.retention_days

  tags = merge(var.tags, { Name = var.name })
}

# Alarms and budgets cannot publish to a topic encrypted with alias/aws/sns: the policy of that key admits neither, and
# it cannot be changed.
resource "aws_kms_key" "topic" {
  description             = "Encrypts the notifications of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 7

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # In a key policy * is this key. Without this statement nobody could change or delete it.
        Sid       = "ManagedByTheAccount"
        Effect    = "Allow"
        Action    = "kms:*"
        Resource  = "*"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
      },
      {
        Sid       = "UsedByPublishers"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Principal = { Service = local.publishers }
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      },
    ]
  })

  tags = merge(var.tags, { Name = "${var.name}-notifications" })
}

locals {
  publishers = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com"]
}

resource "aws_sns_topic" "this" {
  name              = "${var.name}-notifications"
  kms_master_key_id = aws_kms_key.topic.arn

  tags = merge(var.tags, { Name = "${var.name}-notifications" })
}

resource "aws_sns_topic_policy" "this" {
  arn = aws_sns_topic.this.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "PublishersOfThisAccount"
      Effect    = "Allow"
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.this.arn
      Principal = { Service = local.publishers }
      # Otherwise an alarm of another account could publish here.
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.notification_emails)

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.value
}
