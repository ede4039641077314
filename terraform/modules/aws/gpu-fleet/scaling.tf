resource "aws_autoscaling_policy" "gpu" {
  count = var.gpu_utilization_target != null && var.metrics_namespace != null ? 1 : 0

  name                   = "${var.name}-gpu"
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = var.gpu_utilization_target

    customized_metric_specification {
      namespace   = var.metrics_namespace
      metric_name = "GpuUtilization"
      statistic   = "Average"

      metric_dimension {
        name  = "AutoScalingGroupName"
        value = aws_autoscaling_group.this.name
      }
    }
  }
}

resource "aws_autoscaling_policy" "cpu" {
  count = var.cpu_utilization_target != null ? 1 : 0

  name                   = "${var.name}-cpu"
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = var.cpu_utilization_target

    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}

# No machine sends no metric, so target tracking cannot bring back a fleet that it has scaled to zero.
locals {
  wakes = var.load_balancer != null && var.min_size == 0
}

resource "aws_autoscaling_policy" "wake" {
  count = local.wakes ? 1 : 0

  name                   = "${var.name}-wake"
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "StepScaling"
  adjustment_type        = "ExactCapacity"

  step_adjustment {
    scaling_adjustment          = 1
    metric_interval_lower_bound = "0"
  }
}

resource "aws_cloudwatch_metric_alarm" "wake" {
  count = local.wakes ? 1 : 0

  alarm_name          = "${var.name}-wake"
  alarm_description   = "Somebody asks a fleet that has no machine: it gets one."
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_autoscaling_policy.wake[0].arn]

  metric_query {
    id          = "asked"
    label       = "Requests to a fleet at zero"
    return_data = true
    # An unknown size counts as one: the policy sets the size to 1, which must not shrink a fleet that is at work.
    expression = "IF(FILL(size, 1) < 1, refused, 0)"
  }

  metric_query {
    id = "size"

    metric {
      namespace   = "AWS/AutoScaling"
      metric_name = "GroupDesiredCapacity"
      dimensions  = { AutoScalingGroupName = aws_autoscaling_group.this.name }
      stat        = "Maximum"
      period      = 60
    }
  }

  metric_query {
    id = "refused"

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_ELB_503_Count"
      dimensions  = { LoadBalancer = aws_lb.this[0].arn_suffix }
      stat        = "Sum"
      period      = 60
    }
  }

  tags = merge(var.tags, { Name = "${var.name}-wake" })
}
