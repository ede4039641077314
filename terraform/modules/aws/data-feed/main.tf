locals {
  partition = startswith(var.region, "cn-") ? "aws-cn" : startswith(var.region, "us-gov-") ? "aws-us-gov" : "aws"

  # arn:partition:logs:region:account:log-group:name. Asking AWS for the account would need credentials to plan.
  account = split(":", aws_cloudwatch_log_group.this.arn)[4]

  # s3://bucket/prefix
  buckets = {
    for key, source in var.sources : key => {
      arn    = "arn:${local.partition}:s3:::${split("/", source.location)[2]}"
      prefix = join("/", slice(split("/", source.location), 3, max(3, length(split("/", source.location)))))
    } if source.kind == "s3"
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}-data-feed"
  retention_in_days = var.log_retention_days

  tags = merge(var.tags, { Name = "/aws/lambda/${var.name}-data-feed" })
}

resource "aws_sqs_queue" "failures" {
  name                      = "${var.name}-data-feed-failures"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true

  tags = merge(var.tags, { Name = "${var.name}-data-feed-failures" })
}

resource "aws_iam_role" "function" {
  name        = "${var.name}-data-feed"
  description = "What the data feed of environment ${var.environment} may do"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })

  tags = merge(var.tags, { Name = "${var.name}-data-feed" })
}

resource "aws_iam_role_policy" "function" {
  name = "data-feed"
  role = aws_iam_role.function.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          # No logs:CreateLogGroup: the function would make one that is kept for ever.
          Sid      = "WriteLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
        },
        {
          Sid      = "TellFailures"
          Effect   = "Allow"
          Action   = ["sqs:SendMessage"]
          Resource = [aws_sqs_queue.failures.arn]
        },
        {
          # GetObject is for HeadObject: what was copied already is told by its metadata.
          Sid      = "WriteUnderThePrefix"
          Effect   = "Allow"
          Action   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]
          Resource = ["${var.bucket_arn}/${var.prefix}*"]
        },
      ],
      # Lists of their own, because the elements of one list must be alike.
      [{
        Sid       = "ListThePrefix"
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = [var.bucket_arn]
        Condition = { StringLike = { "s3:prefix" = "${var.prefix}*" } }
      }],
      [for arns in [[for source in values(local.buckets) : "${source.arn}/${source.prefix}*"]] : {
        Sid      = "ReadSources"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = arns
      } if length(arns) > 0],
      [for source in values(local.buckets) : {
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = [source.arn]
        Condition = { StringEquals = { "s3:prefix" = source.prefix } }
      }],
    )
  })
}

resource "aws_lambda_function" "this" {
  function_name = "${var.name}-data-feed"
  description   = "Copies what changed at the data sources of environment ${var.environment} into its datasets bucket"
  role          = aws_iam_role.function.arn
  runtime       = "python3.12"
  handler       = "data_feed.handler"
  timeout       = 900
  memory_size   = 512

  # Packed by eng/build-lambdas.
  filename         = "${path.module}/lambda/data_feed.zip"
  source_code_hash = filebase64sha256("${path.module}/lambda/data_feed.zip")

  environment {
    variables = {
      BUCKET = var.bucket
      PREFIX = var.prefix
    }
  }

  tags = merge(var.tags, { Name = "${var.name}-data-feed" })

  depends_on = [aws_iam_role_policy.function]
}

resource "aws_lambda_function_event_invoke_config" "this" {
  function_name          = aws_lambda_function.this.function_name
  maximum_retry_attempts = 1

  destination_config {
    on_failure {
      destination = aws_sqs_queue.failures.arn
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "failures" {
  alarm_name          = "${var.name}-data-feed-failures"
  alarm_description   = "A data source of environment ${var.environment} was not copied: see the messages in ${aws_sqs_queue.failures.name} and the function's log. Purge the queue to end the alarm."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.failures.name }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = compact([var.topic_arn])
  ok_actions          = compact([var.topic_arn])

  tags = merge(var.tags, { Name = "${var.name}-data-feed-failures" })
}
