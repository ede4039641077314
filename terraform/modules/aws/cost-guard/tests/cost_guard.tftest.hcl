mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/mock"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:mock"
    }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn = "arn:aws:lambda:eu-west-1:123456789012:function:mock"
    }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws:events:eu-west-1:123456789012:rule/mock"
    }
  }
}

variables {
  name          = "bert-lora"
  region        = "eu-west-1"
  environment   = "0198f7b2-7a3e-7c11-9d5e-3f1f0c7d2a10"
  expires_at    = "2030-01-31T18:05:09Z"
  instance_ids  = ["i-0123456789abcdef0"]
  instance_arns = ["arn:aws:ec2:eu-west-1:123456789012:instance/i-0123456789abcdef0"]
}

run "terminates_the_instance_once_at_the_deadline" {
  assert {
    condition     = length(aws_scheduler_schedule.deadline) == 1 && aws_scheduler_schedule.deadline[0].name == "bert-lora-deadline" && output.schedule_name == "bert-lora-deadline"
    error_message = "One machine must have one schedule of the name that it knows."
  }

  assert {
    condition     = aws_scheduler_schedule.deadline[0].schedule_expression == "at(2030-01-31T18:05:09)" && aws_scheduler_schedule.deadline[0].schedule_expression_timezone == "UTC"
    error_message = "The schedule must fire once, at the deadline in UTC."
  }

  assert {
    condition = (aws_scheduler_schedule.deadline[0].target[0].arn == "arn:aws:scheduler:::aws-sdk:ec2:terminateInstances"
    && aws_scheduler_schedule.deadline[0].target[0].input == "{\"InstanceIds\":[\"i-0123456789abcdef0\"]}")
    error_message = "The schedule must terminate the instance."
  }

  assert {
    condition     = aws_scheduler_schedule.deadline[0].flexible_time_window[0].mode == "OFF"
    error_message = "The deadline must not be flexible."
  }
}

run "the_role_can_do_nothing_but_that" {
  assert {
    condition = jsondecode(aws_iam_role_policy.terminator.policy).Statement == [{
      Effect   = "Allow"
      Action   = "ec2:TerminateInstances"
      Resource = ["arn:aws:ec2:eu-west-1:123456789012:instance/i-0123456789abcdef0"]
    }]
    error_message = "The role must be limited to terminating the instance."
  }

  assert {
    condition = jsondecode(aws_iam_role.terminator.assume_role_policy).Statement[0].Condition.StringEquals == {
      "aws:SourceAccount" = "123456789012"
      "aws:SourceArn"     = "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/default"
    }
    error_message = "Only schedules of the same account may use the role."
  }
}

run "each_of_several_machines_has_its_own_schedule" {
  variables {
    instance_ids  = ["i-0aaaaaaaaaaaaaaaa", "i-0bbbbbbbbbbbbbbbb"]
    instance_arns = ["arn:aws:ec2:eu-west-1:123456789012:instance/i-0aaaaaaaaaaaaaaaa", "arn:aws:ec2:eu-west-1:123456789012:instance/i-0bbbbbbbbbbbbbbbb"]
  }

  assert {
    condition = { for schedule in aws_scheduler_schedule.deadline : schedule.name => schedule.target[0].input } == {
      bert-lora-deadline   = "{\"InstanceIds\":[\"i-0aaaaaaaaaaaaaaaa\"]}"
      bert-lora-deadline-2 = "{\"InstanceIds\":[\"i-0bbbbbbbbbbbbbbbb\"]}"
    }
    error_message = "A machine that is gone must not spare the others."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.terminator.policy).Statement[0].Resource == [
      "arn:aws:ec2:eu-west-1:123456789012:instance/i-0aaaaaaaaaaaaaaaa", "arn:aws:ec2:eu-west-1:123456789012:instance/i-0bbbbbbbbbbbbbbbb",
    ]
    error_message = "The role must be limited to these machines."
  }
}

run "a_fleet_is_set_to_0" {
  variables {
    instance_ids           = []
    instance_arns          = []
    autoscaling_group_name = "bert-lora-fleet"
    autoscaling_group_arn  = "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:0198f7b2-7a3e-4c11-9d5e-3f1f0c7d2a10:autoScalingGroupName/bert-lora-fleet"
  }

  assert {
    condition = (length(aws_scheduler_schedule.deadline) == 1 && output.schedule_name == "bert-lora-deadline"
      && aws_scheduler_schedule.deadline[0].target[0].arn == "arn:aws:scheduler:::aws-sdk:autoscaling:updateAutoScalingGroup"
      && jsondecode(aws_scheduler_schedule.deadline[0].target[0].input) == {
        AutoScalingGroupName = "bert-lora-fleet"
        MinSize              = 0
        MaxSize              = 0
        DesiredCapacity      = 0
    })
    error_message = "The schedule must set the group to 0."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.terminator.policy).Statement == [{
      Effect   = "Allow"
      Action   = "autoscaling:UpdateAutoScalingGroup"
      Resource = ["arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:0198f7b2-7a3e-4c11-9d5e-3f1f0c7d2a10:autoScalingGroupName/bert-lora-fleet"]
    }]
    error_message = "The role must be limited to changing the group."
  }

  assert {
    condition     = jsondecode(aws_iam_role.terminator.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "The account must be the group's."
  }

  assert {
    condition = (aws_lambda_function.runtime_check[0].environment[0].variables["AUTOSCALING_GROUP"] == "bert-lora-fleet"
      && contains(jsondecode(aws_iam_role_policy.runtime_check[0].policy).Statement[1].Action, "autoscaling:DescribeAutoScalingGroups")
      && jsondecode(aws_iam_role_policy.runtime_check[0].policy).Statement[4] == {
        Sid      = "EmptyTheFleet"
        Effect   = "Allow"
        Action   = ["autoscaling:UpdateAutoScalingGroup"]
        Resource = ["arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:0198f7b2-7a3e-4c11-9d5e-3f1f0c7d2a10:autoScalingGroupName/bert-lora-fleet"]
    })
    error_message = "The hourly check must know the group and may set it to 0."
  }
}

run "looks_every_hour_for_what_should_have_ended" {
  variables {
    max_runtime_hours  = 7.5
    log_retention_days = 14
  }

  assert {
    condition = (aws_cloudwatch_event_rule.runtime_check[0].schedule_expression == "rate(1 hour)"
      && aws_cloudwatch_event_target.runtime_check[0].rule == "bert-lora-runtime-check"
      && aws_cloudwatch_event_target.runtime_check[0].arn == "arn:aws:lambda:eu-west-1:123456789012:function:mock"
    && output.function_name == "bert-lora-runtime-check")
    error_message = "The function must be called every hour."
  }

  assert {
    condition = (aws_lambda_permission.runtime_check[0].principal == "events.amazonaws.com"
    && aws_lambda_permission.runtime_check[0].source_arn == "arn:aws:events:eu-west-1:123456789012:rule/mock")
    error_message = "Nothing but the rule may call the function."
  }

  assert {
    condition = aws_lambda_function.runtime_check[0].environment[0].variables == tomap({
      ENVIRONMENT       = "0198f7b2-7a3e-7c11-9d5e-3f1f0c7d2a10"
      SCHEDULE_NAME     = "bert-lora-deadline"
      MAX_RUNTIME_HOURS = "7.5"
    })
    error_message = "The function must know environment, schedule and longest runtime."
  }

  assert {
    condition     = aws_lambda_function.runtime_check[0].source_code_hash == filebase64sha256("lambda/runtime_check.zip") && aws_lambda_function.runtime_check[0].handler == "runtime_check.handler"
    error_message = "A new archive must reach the function."
  }

  assert {
    condition     = aws_cloudwatch_log_group.runtime_check[0].name == "/aws/lambda/${aws_lambda_function.runtime_check[0].function_name}" && aws_cloudwatch_log_group.runtime_check[0].retention_in_days == 14
    error_message = "The log must be the function's and not be kept for ever."
  }
}

run "the_check_may_terminate_its_own_environment_alone" {
  assert {
    condition = jsondecode(aws_iam_role_policy.runtime_check[0].policy).Statement == [
      {
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["arn:aws:logs:eu-west-1:123456789012:log-group:mock:*"]
      },
      {
        Sid      = "FindWhatRuns"
        Effect   = "Allow"
        Action   = ["ec2:DescribeInstances"]
        Resource = ["*"]
      },
      {
        Sid      = "ReadDeadline"
        Effect   = "Allow"
        Action   = ["scheduler:GetSchedule"]
        Resource = ["arn:aws:scheduler:eu-west-1:123456789012:schedule/default/bert-lora-deadline"]
      },
      {
        Sid       = "TerminateTheEnvironment"
        Effect    = "Allow"
        Action    = ["ec2:TerminateInstances"]
        Resource  = ["arn:aws:ec2:eu-west-1:123456789012:instance/*"]
        Condition = { StringEquals = { "aws:ResourceTag/terradev:environment" = "0198f7b2-7a3e-7c11-9d5e-3f1f0c7d2a10" } }
      },
    ]
    error_message = "The function must be limited to its own environment."
  }
}

run "a_failing_check_is_told" {
  variables {
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:bert-lora-notifications"
  }

  assert {
    condition = (aws_cloudwatch_metric_alarm.runtime_check[0].dimensions == tomap({ FunctionName = "bert-lora-runtime-check" })
      && aws_cloudwatch_metric_alarm.runtime_check[0].metric_name == "Errors"
      && aws_cloudwatch_metric_alarm.runtime_check[0].threshold == 0
    && aws_cloudwatch_metric_alarm.runtime_check[0].alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:bert-lora-notifications"]))
    error_message = "Errors of the function must notify."
  }
}

run "no_check_unless_wanted" {
  command = plan

  variables {
    runtime_check = false
  }

  assert {
    condition = length(concat(aws_lambda_function.runtime_check, aws_iam_role.runtime_check, aws_cloudwatch_event_rule.runtime_check, aws_cloudwatch_log_group.runtime_check,
    aws_cloudwatch_metric_alarm.runtime_check)) == 0 && output.function_name == null
    error_message = "Nothing of the check may be made."
  }

  assert {
    condition     = length(aws_scheduler_schedule.deadline) == 1 && length(aws_budgets_budget.this) == 0
    error_message = "The deadline must stay, and a budget must be asked for."
  }
}

run "a_budget_warns_at_50_80_and_100_percent_of_the_environment_s_cost" {
  variables {
    budget_usd          = 120
    topic_arn           = "arn:aws:sns:eu-west-1:123456789012:bert-lora-notifications"
    notification_emails = ["ada@example.org"]
  }

  assert {
    condition = (aws_budgets_budget.this[0].limit_amount == "120.00" && aws_budgets_budget.this[0].limit_unit == "USD"
    && aws_budgets_budget.this[0].time_unit == "ANNUALLY" && aws_budgets_budget.this[0].budget_type == "COST")
    error_message = "The budget must be the given one, for the whole life of the environment."
  }

  assert {
    condition     = [for filter in aws_budgets_budget.this[0].cost_filter : "${filter.name}=${filter.values[0]}"] == ["TagKeyValue=user:terradev:environment$0198f7b2-7a3e-7c11-9d5e-3f1f0c7d2a10"]
    error_message = "Only the cost of the environment may count."
  }

  assert {
    condition = toset([for each in aws_budgets_budget.this[0].notification : each.threshold]) == toset([50, 80, 100]) && alltrue([
      for each in aws_budgets_budget.this[0].notification : each.notification_type == "ACTUAL" && each.threshold_type == "PERCENTAGE" && each.comparison_operator == "GREATER_THAN"
      && each.subscriber_sns_topic_arns == toset(["arn:aws:sns:eu-west-1:123456789012:bert-lora-notifications"]) && each.subscriber_email_addresses == toset(["ada@example.org"])
    ])
    error_message = "Topic and addresses must be told at 50, 80 and 100 %."
  }
}

run "tags_reach_every_resource_that_takes_tags" {
  command = plan

  variables {
    tags                = { "terradev:environment" = "%%{if}$${path.module}\"" }
    budget_usd          = 1.5
    notification_emails = ["ada@example.org"]
  }

  assert {
    condition = alltrue([for tags in [
      aws_iam_role.terminator.tags, aws_iam_role.runtime_check[0].tags, aws_lambda_function.runtime_check[0].tags, aws_cloudwatch_event_rule.runtime_check[0].tags,
      aws_cloudwatch_log_group.runtime_check[0].tags, aws_cloudwatch_metric_alarm.runtime_check[0].tags, aws_budgets_budget.this[0].tags,
    ] : tags["terradev:environment"] == "%%{if}$${path.module}\"" && tags["Name"] != ""])
    error_message = "Each resource must carry the tags literally, and a name."
  }
}

run "arns_follow_the_region_s_partition" {
  variables {
    region        = "us-gov-west-1"
    instance_arns = ["arn:aws-us-gov:ec2:us-gov-west-1:123456789012:instance/i-0123456789abcdef0"]
  }

  assert {
    condition = (aws_scheduler_schedule.deadline[0].target[0].arn == "arn:aws-us-gov:scheduler:::aws-sdk:ec2:terminateInstances"
    && jsondecode(aws_iam_role_policy.runtime_check[0].policy).Statement[3].Resource == ["arn:aws-us-gov:ec2:us-gov-west-1:123456789012:instance/*"])
    error_message = "GovCloud has ARNs of its own."
  }
}

run "refuses_a_deadline_with_an_offset" {
  command = plan

  variables {
    expires_at = "2030-01-31T18:05:09+02:00"
  }

  expect_failures = [var.expires_at]
}

run "refuses_a_deadline_that_is_no_date" {
  command = plan

  variables {
    expires_at = "2030-02-31T18:05:09Z"
  }

  expect_failures = [var.expires_at]
}

run "refuses_to_guard_nothing" {
  command = plan

  variables {
    instance_ids  = []
    instance_arns = []
    # The account comes from an ARN, and there is none.
    runtime_check = false
  }

  expect_failures = [var.instance_ids]
}

run "refuses_machines_and_a_fleet_at_once" {
  command = plan

  variables {
    autoscaling_group_name = "bert-lora-fleet"
    autoscaling_group_arn  = "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:0198f7b2-7a3e-4c11-9d5e-3f1f0c7d2a10:autoScalingGroupName/bert-lora-fleet"
  }

  expect_failures = [var.instance_ids]
}

run "refuses_ids_without_their_arns" {
  command = plan

  variables {
    instance_ids = ["i-0aaaaaaaaaaaaaaaa", "i-0bbbbbbbbbbbbbbbb"]
  }

  expect_failures = [var.instance_arns]
}

run "refuses_what_is_no_id_region_or_topic" {
  command = plan

  variables {
    instance_ids = ["*"]
    topic_arn    = "*"
    region       = "*"
  }

  expect_failures = [var.instance_ids, var.topic_arn, var.region]
}

run "refuses_an_arn_that_is_not_one_machine_s" {
  command = plan

  variables {
    instance_arns = ["arn:aws:ec2:eu-west-1:123456789012:instance/*"]
  }

  expect_failures = [var.instance_arns]
}

run "refuses_an_arn_that_is_not_one_group_s" {
  command = plan

  variables {
    instance_ids           = []
    instance_arns          = []
    autoscaling_group_name = "bert-lora-fleet"
    autoscaling_group_arn  = "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:*:autoScalingGroupName/*"
  }

  expect_failures = [var.autoscaling_group_arn]
}

run "refuses_a_fleet_without_its_arn" {
  command = plan

  variables {
    instance_ids           = []
    instance_arns          = []
    autoscaling_group_name = "bert-lora-fleet"
    runtime_check          = false
  }

  expect_failures = [var.autoscaling_group_arn]
}

run "refuses_an_environment_that_would_mean_something_in_a_policy" {
  command = plan

  variables {
    environment = "$${aws:username}*"
  }

  expect_failures = [var.environment]
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    name = "a23456789012345678901234567890123456789012345678901"
  }

  expect_failures = [var.name]
}

run "refuses_a_budget_that_nobody_hears_of" {
  command = plan

  variables {
    budget_usd = 100
  }

  expect_failures = [var.budget_usd]
}

run "refuses_senseless_figures" {
  command = plan

  variables {
    budget_usd          = 0
    notification_emails = ["ada@example.org"]
    max_runtime_hours   = 0
    log_retention_days  = 2
  }

  expect_failures = [var.budget_usd, var.max_runtime_hours, var.log_retention_days]
}

run "refuses_two_addresses_in_one" {
  command = plan

  variables {
    notification_emails = ["ada@example.org, eve@example.org"]
  }

  expect_failures = [var.notification_emails]
}
