locals {
  # arn:partition:ec2:region:account:instance/id
  arn = split(":", var.instance_arn)

  schedule_name = "${var.name}-deadline"
}

resource "aws_iam_role" "terminator" {
  name        = "${var.name}-deadline"
  description = "Lets EventBridge Scheduler terminate one instance"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      # Without this, a schedule of another account could borrow the role.
      Condition = { StringEquals = {
        "aws:SourceAccount" = local.arn[4]
        "aws:SourceArn"     = "arn:${local.arn[1]}:scheduler:${local.arn[3]}:${local.arn[4]}:schedule-group/default"
      } }
    }]
  })

  tags = merge(var.tags, { Name = "${var.name}-deadline" })
}

resource "aws_iam_role_policy" "terminator" {
  name = "terminate-instance"
  role = aws_iam_role.terminator.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "ec2:TerminateInstances"
      Resource = var.instance_arn
    }]
  })
}

resource "aws_scheduler_schedule" "deadline" {
  name        = local.schedule_name
  description = "Terminates ${var.instance_id} at its deadline"

  # at() takes no offset; the deadline is in UTC.
  schedule_expression          = "at(${formatdate("YYYY-MM-DD'T'hh:mm:ss", var.expires_at)})"
  schedule_expression_timezone = "UTC"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:${local.arn[1]}:scheduler:::aws-sdk:ec2:terminateInstances"
    role_arn = aws_iam_role.terminator.arn
    input    = jsonencode({ InstanceIds = [var.instance_id] })
  }

  depends_on = [aws_iam_role_policy.terminator]
}
