resource "aws_iam_role" "schedules" {
  name        = "${var.name}-data-feed-schedules"
  description = "Lets EventBridge Scheduler call the data feed of environment ${var.environment}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      # Without this, a schedule of another account could borrow the role.
      Condition = { StringEquals = {
        "aws:SourceAccount" = local.account
        "aws:SourceArn"     = "arn:${local.partition}:scheduler:${var.region}:${local.account}:schedule-group/default"
      } }
    }]
  })

  tags = merge(var.tags, { Name = "${var.name}-data-feed-schedules" })
}

resource "aws_iam_role_policy" "schedules" {
  name = "call-data-feed"
  role = aws_iam_role.schedules.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "lambda:InvokeFunction"
        Resource = aws_lambda_function.this.arn
      },
      {
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.failures.arn
      },
    ]
  })
}

resource "aws_scheduler_schedule" "source" {
  for_each = var.sources

  name        = "${var.name}-feed-${each.key}"
  description = "Feeds ${var.prefix}${each.key}/ of ${var.bucket}"

  schedule_expression          = each.value.schedule
  schedule_expression_timezone = "UTC"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.this.arn
    role_arn = aws_iam_role.schedules.arn

    # Scheduler replaces <aws.scheduler...> in the input; jsonencode writes < as \u003c, so nothing in a location is replaced.
    input = jsonencode({
      key      = each.key
      kind     = each.value.kind
      location = each.value.location
    })

    retry_policy {
      maximum_retry_attempts       = 3
      maximum_event_age_in_seconds = 3600
    }

    dead_letter_config {
      arn = aws_sqs_queue.failures.arn
    }
  }

  depends_on = [aws_iam_role_policy.schedules]
}
