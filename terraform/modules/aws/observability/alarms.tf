locals {
  # Ids are unknown before the first apply, so keys are numbers.
  subjects = var.autoscaling_group_name != null ? { fleet = { AutoScalingGroupName = var.autoscaling_group_name } } : {
    for number in range(var.instance_count) : "machine-${number + 1}" => { InstanceId = var.instance_ids[number] }
  }

  watched = {
    cpu = {
      namespace   = "AWS/EC2", metric = "CPUUtilization", statistic = "Average", comparison = "GreaterThanThreshold"
      threshold   = 95, period = 300, periods = 6, missing = "missing"
      description = "CPU above 95 % for 30 minutes: the GPU probably waits for the CPU."
    }
    disk = {
      namespace   = local.namespace, metric = "DiskUsedPercent", statistic = "Maximum", comparison = "GreaterThanThreshold"
      threshold   = 85, period = 300, periods = 1, missing = "missing"
      description = "Root volume more than 85 % full."
    }
    status = {
      namespace   = "AWS/EC2", metric = "StatusCheckFailed", statistic = "Maximum", comparison = "GreaterThanThreshold"
      threshold   = 0, period = 60, periods = 3, missing = "missing"
      description = "AWS's checks of machine or host have failed for 3 minutes."
    }
    gpu-idle = {
      namespace   = local.namespace, metric = "GpuUtilization", statistic = "Maximum", comparison = "LessThanThreshold"
      threshold   = 5, period = 300, periods = 12, missing = "missing"
      description = "No GPU above 5 % for an hour: the machine costs money and does nothing."
    }
    gpu-memory = {
      namespace   = local.namespace, metric = "GpuMemoryUtilization", statistic = "Maximum", comparison = "GreaterThanThreshold"
      threshold   = 97, period = 300, periods = 3, missing = "missing"
      description = "GPU memory more than 97 % full for 15 minutes: the next allocation may fail."
    }
    runtime = {
      namespace   = local.namespace, metric = "UptimeHours", statistic = "Maximum", comparison = "GreaterThanThreshold"
      threshold   = var.max_runtime_hours, period = 300, periods = 1, missing = "missing"
      description = "Running for more than ${var.max_runtime_hours} hours."
    }
  }

  threshold_alarms = merge([
    for subject, dimensions in local.subjects : {
      for what, alarm in local.watched : "${what}-${subject}" => merge(alarm, { dimensions = dimensions })
    }
  ]...)
}

resource "aws_cloudwatch_metric_alarm" "threshold" {
  for_each = var.alarms ? local.threshold_alarms : {}

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]

  tags = merge(var.tags, { Name = "${var.name}-${each.key}" })
}

# A machine sends one heartbeat a minute. Silence is no data at all, so missing data must alarm.
resource "aws_cloudwatch_metric_alarm" "machine_heartbeat" {
  for_each = var.alarms && var.autoscaling_group_name == null ? local.subjects : {}

  alarm_name          = "${var.name}-heartbeat-${each.key}"
  alarm_description   = "No heartbeat for 15 minutes: the machine hangs, has lost its network or is gone."
  namespace           = local.namespace
  metric_name         = "Heartbeat"
  dimensions          = each.value
  statistic           = "Sum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 300
  evaluation_periods  = 3
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]

  tags = merge(var.tags, { Name = "${var.name}-heartbeat-${each.key}" })
}

# A fleet may rightly have no machine at all, so its heartbeats are compared with the machines in service.
resource "aws_cloudwatch_metric_alarm" "fleet_heartbeat" {
  count = var.alarms && var.autoscaling_group_name != null ? 1 : 0

  alarm_name          = "${var.name}-heartbeat-fleet"
  alarm_description   = "At least one machine in service has sent no heartbeat for 15 minutes."
  comparison_operator = "GreaterThanThreshold"
  # A machine that joins within a period sends fewer than 5; a silent one leaves a whole machine missing.
  threshold          = 0.9
  evaluation_periods = 3
  treat_missing_data = "notBreaching"
  alarm_actions      = [aws_sns_topic.this.arn]
  ok_actions         = [aws_sns_topic.this.arn]

  metric_query {
    id          = "silent"
    label       = "Silent machines"
    expression  = "FILL(running, 0) - FILL(beats, 0) / 5"
    return_data = true
  }

  metric_query {
    id = "running"

    metric {
      namespace   = "AWS/AutoScaling"
      metric_name = "GroupInServiceInstances"
      dimensions  = { AutoScalingGroupName = var.autoscaling_group_name }
      stat        = "Minimum"
      period      = 300
    }
  }

  metric_query {
    id = "beats"

    metric {
      namespace   = local.namespace
      metric_name = "Heartbeat"
      dimensions  = { AutoScalingGroupName = var.autoscaling_group_name }
      stat        = "Sum"
      period      = 300
    }
  }

  tags = merge(var.tags, { Name = "${var.name}-heartbeat-fleet" })
}

resource "aws_cloudwatch_metric_alarm" "network" {
  for_each = var.alarms ? local.subjects : {}

  alarm_name          = "${var.name}-network-${each.key}"
  alarm_description   = "Sends out far more than usual, for 15 minutes."
  comparison_operator = "GreaterThanUpperThreshold"
  threshold_metric_id = "band"
  evaluation_periods  = 3
  treat_missing_data  = "missing"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]

  metric_query {
    id          = "band"
    label       = "NetworkOut, expected"
    expression  = "ANOMALY_DETECTION_BAND(sent, 3)"
    return_data = true
  }

  metric_query {
    id          = "sent"
    return_data = true

    metric {
      namespace   = "AWS/EC2"
      metric_name = "NetworkOut"
      dimensions  = each.value
      stat        = "Average"
      period      = 300
    }
  }

  tags = merge(var.tags, { Name = "${var.name}-network-${each.key}" })
}
