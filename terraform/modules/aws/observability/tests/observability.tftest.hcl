mock_provider "aws" {
  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:bert-lora"
    }
  }

  mock_resource "aws_sns_topic" {
    defaults = {
      arn = "arn:aws:sns:eu-west-1:123456789012:bert-lora-notifications"
    }
  }

  mock_resource "aws_kms_key" {
    defaults = {
      arn = "arn:aws:kms:eu-west-1:123456789012:key/0198f7b2-7a3e-4c11-9d5e-3f1f0c7d2a10"
    }
  }
}

variables {
  name           = "bert-lora"
  region         = "eu-west-1"
  instance_count = 2
  instance_ids   = ["i-0aaaaaaaaaaaaaaaa", "i-0bbbbbbbbbbbbbbbb"]
}

run "logs_are_kept_30_days_unless_told_otherwise" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "bert-lora" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The log group must have its name and a retention of 30 days."
  }
}

run "every_machine_has_every_alarm" {
  assert {
    condition = toset([for alarm in concat(
      values(aws_cloudwatch_metric_alarm.threshold), values(aws_cloudwatch_metric_alarm.machine_heartbeat), values(aws_cloudwatch_metric_alarm.network),
      ) : alarm.alarm_name]) == toset(flatten([for what in ["cpu", "disk", "status", "gpu-idle", "gpu-memory", "runtime", "heartbeat", "network"] : [
        "bert-lora-${what}-machine-1", "bert-lora-${what}-machine-2",
    ]])) && length(aws_cloudwatch_metric_alarm.fleet_heartbeat) == 0
    error_message = "Each machine must have its eight alarms."
  }

  assert {
    condition = alltrue([for alarm in concat(
      values(aws_cloudwatch_metric_alarm.threshold), values(aws_cloudwatch_metric_alarm.machine_heartbeat), values(aws_cloudwatch_metric_alarm.network),
    ) : alarm.alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:bert-lora-notifications"])])
    error_message = "Every alarm must notify."
  }

  assert {
    condition = (aws_cloudwatch_metric_alarm.threshold["disk-machine-2"].dimensions == tomap({ InstanceId = "i-0bbbbbbbbbbbbbbbb" })
      && aws_cloudwatch_metric_alarm.threshold["disk-machine-2"].namespace == "Terradev/bert-lora"
    && aws_cloudwatch_metric_alarm.threshold["cpu-machine-1"].namespace == "AWS/EC2")
    error_message = "Alarms must watch the metrics of their own machine."
  }
}

run "silence_of_a_machine_alarms" {
  assert {
    condition     = aws_cloudwatch_metric_alarm.machine_heartbeat["machine-1"].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.machine_heartbeat["machine-1"].metric_name == "Heartbeat"
    error_message = "A machine that sends nothing must raise the alarm."
  }
}

run "runtime_alarm_follows_the_limit" {
  command = plan

  variables {
    max_runtime_hours = 7
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.threshold["runtime-machine-1"].threshold == 7 && aws_cloudwatch_metric_alarm.threshold["runtime-machine-1"].metric_name == "UptimeHours"
    error_message = "The alarm must fire after the given hours."
  }
}

run "unusual_traffic_is_measured_against_a_band" {
  assert {
    condition = (aws_cloudwatch_metric_alarm.network["machine-1"].threshold_metric_id == "band"
      && anytrue([for query in aws_cloudwatch_metric_alarm.network["machine-1"].metric_query : query.id == "band" && query.expression == "ANOMALY_DETECTION_BAND(sent, 3)"])
    && anytrue([for query in aws_cloudwatch_metric_alarm.network["machine-1"].metric_query : query.id == "sent" && try(query.metric[0].metric_name == "NetworkOut", false)]))
    error_message = "NetworkOut must be compared with its anomaly detection band."
  }
}

run "a_fleet_is_watched_as_one" {
  variables {
    instance_count         = 0
    instance_ids           = []
    autoscaling_group_name = "bert-lora"
  }

  assert {
    condition = (length(aws_cloudwatch_metric_alarm.threshold) == 6 && length(aws_cloudwatch_metric_alarm.network) == 1
      && length(aws_cloudwatch_metric_alarm.machine_heartbeat) == 0 && length(aws_cloudwatch_metric_alarm.fleet_heartbeat) == 1
    && alltrue([for alarm in values(aws_cloudwatch_metric_alarm.threshold) : alarm.dimensions == tomap({ AutoScalingGroupName = "bert-lora" })]))
    error_message = "A fleet must have one set of alarms with the group as dimension."
  }

  assert {
    condition     = strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "[\"Terradev/bert-lora\",\"Heartbeat\",\"AutoScalingGroupName\",\"bert-lora\"]")
    error_message = "The dashboard must show the group's metrics."
  }
}

run "dashboard_shows_every_machine" {
  assert {
    condition = jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[0].properties.metrics == [
      ["Terradev/bert-lora", "GpuUtilization", "InstanceId", "i-0aaaaaaaaaaaaaaaa"],
      ["Terradev/bert-lora", "GpuUtilization", "InstanceId", "i-0bbbbbbbbbbbbbbbb"],
    ]
    error_message = "The first chart must show the GPU of every machine."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 9
    error_message = "The dashboard must have eight charts and the log."
  }
}

run "nothing_to_watch_means_no_alarms" {
  variables {
    instance_count = 0
    instance_ids   = []
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.threshold) == 0 && length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 1
    error_message = "Without machines there must be no alarms and only the log on the dashboard."
  }
}

run "alarms_can_be_left_out" {
  command = plan

  variables {
    alarms = false
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.threshold) + length(aws_cloudwatch_metric_alarm.machine_heartbeat) + length(aws_cloudwatch_metric_alarm.network) == 0
    error_message = "There must be no alarms."
  }
}

run "only_this_accounts_alarms_and_budgets_publish" {
  assert {
    condition = jsondecode(aws_sns_topic_policy.this.policy).Statement == [{
      Sid       = "PublishersOfThisAccount"
      Effect    = "Allow"
      Action    = "sns:Publish"
      Resource  = "arn:aws:sns:eu-west-1:123456789012:bert-lora-notifications"
      Principal = { Service = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com"] }
      Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    }]
    error_message = "Only services acting for this account may publish."
  }

  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == aws_kms_key.topic.arn && jsondecode(aws_kms_key.topic.policy).Statement[1].Principal.Service == ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com"]
    error_message = "The topic must be encrypted with a key that its publishers may use."
  }

  assert {
    condition     = jsondecode(aws_kms_key.topic.policy).Statement[1].Condition == { StringEquals = { "aws:SourceAccount" = "123456789012" } } && aws_kms_key.topic.enable_key_rotation
    error_message = "The key must be rotated and closed to other accounts."
  }
}

run "every_address_is_subscribed" {
  command = plan

  variables {
    notification_emails = ["ada@example.org", "ops@example.org"]
  }

  assert {
    condition     = toset([for subscription in aws_sns_topic_subscription.email : "${subscription.protocol} ${subscription.endpoint}"]) == toset(["email ada@example.org", "email ops@example.org"])
    error_message = "Each address must have a subscription."
  }
}

run "tags_reach_everything" {
  command = plan

  variables {
    tags = { "terradev:environment" = "$${path.module} %%{if true}" }
  }

  assert {
    condition = alltrue([for tags in concat(
      [aws_cloudwatch_log_group.this.tags, aws_sns_topic.this.tags, aws_kms_key.topic.tags], values(aws_cloudwatch_metric_alarm.threshold)[*].tags,
      values(aws_cloudwatch_metric_alarm.machine_heartbeat)[*].tags, values(aws_cloudwatch_metric_alarm.network)[*].tags,
    ) : tags["terradev:environment"] == "$${path.module} %%{if true}" && can(tags["Name"])])
    error_message = "Tags must reach every resource, literally."
  }
}

run "refuses_to_keep_logs_for_ever" {
  command = plan

  variables {
    retention_days = 0
  }

  expect_failures = [var.retention_days]
}

run "refuses_hostile_values" {
  command = plan

  variables {
    name                = "a' | delete"
    region              = "eu-west-1\"}"
    metrics_namespace   = "AWS/EC2"
    notification_emails = ["ada@example.org\nbcc: x@example.org"]
    max_runtime_hours   = 0
  }

  expect_failures = [var.name, var.region, var.metrics_namespace, var.notification_emails, var.max_runtime_hours]
}

run "refuses_a_count_that_differs_from_the_ids" {
  command = plan

  variables {
    instance_count = 3
  }

  expect_failures = [var.instance_ids]
}

run "refuses_machines_and_a_fleet_at_once" {
  command = plan

  variables {
    autoscaling_group_name = "bert-lora"
  }

  expect_failures = [var.autoscaling_group_name]
}
