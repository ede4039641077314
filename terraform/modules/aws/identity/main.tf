locals {
  partition = startswith(var.region, "cn-") ? "aws-cn" : startswith(var.region, "us-gov-") ? "aws-us-gov" : "aws"

  # What only some blueprints need.
  optional_statements = [for statement in [
    {
      wanted    = var.write_datasets
      Sid       = "WriteDatasets"
      Effect    = "Allow"
      Action    = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
      Resource  = ["${var.datasets_bucket_arn}/*"]
      Condition = {}
    },
    {
      # ecr:GetAuthorizationToken knows no resource smaller than *.
      wanted    = length(var.repository_arns) > 0
      Sid       = "LogInToTheRegistry"
      Effect    = "Allow"
      Action    = ["ecr:GetAuthorizationToken"]
      Resource  = ["*"]
      Condition = {}
    },
    {
      wanted    = length(var.repository_arns) > 0
      Sid       = "PullImages"
      Effect    = "Allow"
      Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      Resource  = var.repository_arns
      Condition = {}
    },
    {
      # Secrets Manager appends a hyphen and six characters to the name.
      wanted    = length(var.secret_names) > 0
      Sid       = "ReadSecrets"
      Effect    = "Allow"
      Action    = ["secretsmanager:GetSecretValue"]
      Resource  = [for name in var.secret_names : "arn:${local.partition}:secretsmanager:${var.region}:*:secret:${name}-??????"]
      Condition = {}
    },
    {
      # cloudwatch:PutMetricData knows no resource smaller than *, but a namespace.
      wanted    = var.metrics_namespace != null
      Sid       = "SendMetrics"
      Effect    = "Allow"
      Action    = ["cloudwatch:PutMetricData"]
      Resource  = ["*"]
      Condition = { StringEquals = { "cloudwatch:namespace" = [coalesce(var.metrics_namespace, "-")] } }
    },
    {
      wanted    = var.file_system
      Sid       = "MountTheSharedFileSystem"
      Effect    = "Allow"
      Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
      Resource  = compact([var.file_system_arn])
      Condition = {}
    },
    {
      wanted    = var.complete_lifecycle
      Sid       = "DrainInOwnFleet"
      Effect    = "Allow"
      Action    = ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"]
      Resource  = ["arn:${local.partition}:autoscaling:${var.region}:*:autoScalingGroup:*:autoScalingGroupName/*"]
      Condition = { StringEquals = { "aws:ResourceTag/terradev:environment" = [var.environment] } }
    },
  ] : { for key, value in statement : key => value if key != "wanted" && jsonencode(value) != "{}" } if statement.wanted]
}

resource "aws_iam_role" "instance" {
  name        = "${var.name}-instance"
  description = "What the machine of environment ${var.environment} may do"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = local.partition == "aws-cn" ? "ec2.amazonaws.com.cn" : "ec2.amazonaws.com" }
    }]
  })

  tags = merge(var.tags, { Name = "${var.name}-instance" })
}

resource "aws_iam_role_policy" "instance" {
  name = "environment"
  role = aws_iam_role.instance.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.optional_statements, [
      {
        Sid      = "ListDatasets"
        Effect   = "Allow"
        Action   = ["s3:GetBucketLocation", "s3:ListBucket"]
        Resource = var.datasets_bucket_arn
      },
      {
        Sid      = "ReadDatasets"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource = "${var.datasets_bucket_arn}/*"
      },
      {
        Sid      = "ListOutputs"
        Effect   = "Allow"
        Action   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
        Resource = var.outputs_bucket_arn
      },
      {
        # No s3:DeleteObjectVersion: what a job overwrites or deletes can be had back.
        Sid      = "ReadAndWriteOutputs"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
        Resource = "${var.outputs_bucket_arn}/*"
      },
      {
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = flatten([for arn in concat([var.log_group_arn], var.log_group_arns) : [arn, "${arn}:*"]])
      },
      {
        # The part of AmazonSSMManagedInstanceCore that Session Manager and Run Command need, without its
        # ssm:GetParameter(s), which would open every parameter of the account.
        # ssmmessages and ec2messages know no resource smaller than *, and AWS documents
        # ssm:UpdateInstanceInformation with * only.
        Sid    = "BeReachableThroughSystemsManager"
        Effect = "Allow"
        Action = [
          "ssm:UpdateInstanceInformation",
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
          "ec2messages:AcknowledgeMessage",
          "ec2messages:DeleteMessage",
          "ec2messages:FailMessage",
          "ec2messages:GetEndpoint",
          "ec2messages:GetMessages",
          "ec2messages:SendReply",
        ]
        Resource = "*"
      },
      {
        Sid      = "ReadOwnDeadline"
        Effect   = "Allow"
        Action   = "scheduler:GetSchedule"
        Resource = "arn:${local.partition}:scheduler:${var.region}:*:schedule/default/${var.deadline_schedule_name}"
      },
      {
        Sid       = "TerminateOwnEnvironment"
        Effect    = "Allow"
        Action    = "ec2:TerminateInstances"
        Resource  = "arn:${local.partition}:ec2:${var.region}:*:instance/*"
        Condition = { StringEquals = { "aws:ResourceTag/terradev:environment" = var.environment } }
      },
    ])
  })
}

resource "aws_iam_instance_profile" "instance" {
  name = "${var.name}-instance"
  role = aws_iam_role.instance.name

  tags = merge(var.tags, { Name = "${var.name}-instance" })
}
