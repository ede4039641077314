locals {
  partition = startswith(var.region, "cn-") ? "aws-cn" : startswith(var.region, "us-gov-") ? "aws-us-gov" : "aws"

  fleet = var.autoscaling_group_name != null

  # arn:partition:service:region:account:... Asking AWS for the account would need credentials to plan.
  account = split(":", local.fleet ? var.autoscaling_group_arn : var.instance_arns[0])[4]

  schedule_name = "${var.name}-deadline"
}

resource "aws_iam_role" "terminator" {
  name        = "${var.name}-deadline"
  description = local.fleet ? "Lets EventBridge Scheduler set one Auto Scaling group to 0" : "Lets EventBridge Scheduler terminate the machines of one environment"

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

  tags = merge(var.tags, { Name = "${var.name}-deadline" })
}

resource "aws_iam_role_policy" "terminator" {
  name = local.fleet ? "empty-fleet" : "terminate-instance"
  role = aws_iam_role.terminator.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = local.fleet ? "autoscaling:UpdateAutoScalingGroup" : "ec2:TerminateInstances"
      Resource = local.fleet ? [var.autoscaling_group_arn] : var.instance_arns
    }]
  })
}

# One schedule a machine: AWS terminates none of several when one of them is gone already.
resource "aws_scheduler_schedule" "deadline" {
  count = local.fleet ? 1 : length(var.instance_ids)

  # Machines read the first one, so its name must not depend on how many there are.
  name        = count.index == 0 ? local.schedule_name : "${local.schedule_name}-${count.index + 1}"
  description = local.fleet ? "Sets ${var.autoscaling_group_name} to 0 at its deadline" : "Terminates ${var.instance_ids[count.index]} at its deadline"

  # at() takes no offset; the deadline is in UTC.
  schedule_expression          = "at(${formatdate("YYYY-MM-DD'T'hh:mm:ss", var.expires_at)})"
  schedule_expression_timezone = "UTC"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:${local.partition}:scheduler:::aws-sdk:${local.fleet ? "autoscaling:updateAutoScalingGroup" : "ec2:terminateInstances"}"
    role_arn = aws_iam_role.terminator.arn

    input = local.fleet ? jsonencode({
      AutoScalingGroupName = var.autoscaling_group_name
      MinSize              = 0
      MaxSize              = 0
      DesiredCapacity      = 0
    }) : jsonencode({ InstanceIds = [var.instance_ids[count.index]] })
  }

  depends_on = [aws_iam_role_policy.terminator]
}
