resource "aws_cloudwatch_log_group" "runtime_check" {
  count = var.runtime_check ? 1 : 0

  name              = "/aws/lambda/${var.name}-runtime-check"
  retention_in_days = var.log_retention_days

  tags = merge(var.tags, { Name = "/aws/lambda/${var.name}-runtime-check" })
}

resource "aws_iam_role" "runtime_check" {
  count = var.runtime_check ? 1 : 0

  name        = "${var.name}-runtime-check"
  description = "What the hourly check of environment ${var.environment} may do"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })

  tags = merge(var.tags, { Name = "${var.name}-runtime-check" })
}

resource "aws_iam_role_policy" "runtime_check" {
  count = var.runtime_check ? 1 : 0

  name = "runtime-check"
  role = aws_iam_role.runtime_check[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          # No logs:CreateLogGroup: the function would make one that is kept for ever.
          Sid      = "WriteLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["${aws_cloudwatch_log_group.runtime_check[0].arn}:*"]
        },
        {
          # Lists know no resource smaller than *.
          Sid      = "FindWhatRuns"
          Effect   = "Allow"
          Action   = local.fleet ? ["ec2:DescribeInstances", "autoscaling:DescribeAutoScalingGroups"] : ["ec2:DescribeInstances"]
          Resource = ["*"]
        },
        {
          Sid      = "ReadDeadline"
          Effect   = "Allow"
          Action   = ["scheduler:GetSchedule"]
          Resource = ["arn:${local.partition}:scheduler:${var.region}:${local.account}:schedule/default/${local.schedule_name}"]
        },
      ],
      # A list of its own, because the elements of one list must be alike.
      [{
        Sid       = "TerminateTheEnvironment"
        Effect    = "Allow"
        Action    = ["ec2:TerminateInstances"]
        Resource  = ["arn:${local.partition}:ec2:${var.region}:${local.account}:instance/*"]
        Condition = { StringEquals = { "aws:ResourceTag/terradev:environment" = var.environment } }
      }],
      [for arn in [var.autoscaling_group_arn] : {
        Sid      = "EmptyTheFleet"
        Effect   = "Allow"
        Action   = ["autoscaling:UpdateAutoScalingGroup"]
        Resource = [arn]
      } if local.fleet],
    )
  })
}

resource "aws_lambda_function" "runtime_check" {
  count = var.runtime_check ? 1 : 0

  function_name = "${var.name}-runtime-check"
  description   = "Terminates what environment ${var.environment} still runs after its deadline or ${var.max_runtime_hours} hours"
  role          = aws_iam_role.runtime_check[0].arn
  runtime       = "python3.12"
  handler       = "runtime_check.handler"
  timeout       = 300

  # Packed by eng/build-lambdas.
  filename         = "${path.module}/lambda/runtime_check.zip"
  source_code_hash = filebase64sha256("${path.module}/lambda/runtime_check.zip")

  environment {
    variables = merge(
      {
        ENVIRONMENT       = var.environment
        SCHEDULE_NAME     = local.schedule_name
        MAX_RUNTIME_HOURS = tostring(var.max_runtime_hours)
      },
      local.fleet ? {
        AUTOSCALING_GROUP = var.autoscaling_group_name
      } : {},
    )
  }

  tags = merge(var.tags, { Name = "${var.name}-runtime-check" })

  depends_on = [aws_iam_role_policy.runtime_check]
}

resource "aws_cloudwatch_event_rule" "runtime_check" {
  count = var.runtime_check ? 1 : 0

  name                = "${var.name}-runtime-check"
  description         = "Calls the runtime check of environment ${var.environment} every hour"
  schedule_expression = "rate(1 hour)"

  tags = merge(var.tags, { Name = "${var.name}-runtime-check" })
}

resource "aws_lambda_permission" "runtime_check" {
  count = var.runtime_check ? 1 : 0

  statement_id  = "hourly"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.runtime_check[0].function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.runtime_check[0].arn
}

resource "aws_cloudwatch_event_target" "runtime_check" {
  count = var.runtime_check ? 1 : 0

  rule = aws_cloudwatch_event_rule.runtime_check[0].name
  arn  = aws_lambda_function.runtime_check[0].arn

  depends_on = [aws_lambda_permission.runtime_check]
}

# The check fails when it cannot read the deadline or AWS refuses to terminate a machine. Both may cost money unseen.
resource "aws_cloudwatch_metric_alarm" "runtime_check" {
  count = var.runtime_check ? 1 : 0

  alarm_name          = "${var.name}-runtime-check"
  alarm_description   = "The hourly check of environment ${var.environment} failed: see its log. Machines may run past their deadline."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.runtime_check[0].function_name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 3600
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.topics
  ok_actions          = local.topics

  tags = merge(var.tags, { Name = "${var.name}-runtime-check" })
}
