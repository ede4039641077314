mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/bert-lora-deadline"
    }
  }
}

variables {
  name         = "bert-lora"
  expires_at   = "2030-01-31T18:05:09Z"
  instance_id  = "i-0123456789abcdef0"
  instance_arn = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0123456789abcdef0"
}

run "terminates_the_instance_once_at_the_deadline" {
  assert {
    condition     = aws_scheduler_schedule.deadline.schedule_expression == "at(2030-01-31T18:05:09)" && aws_scheduler_schedule.deadline.schedule_expression_timezone == "UTC"
    error_message = "The schedule must fire once, at the deadline in UTC."
  }

  assert {
    condition = (aws_scheduler_schedule.deadline.target[0].arn == "arn:aws:scheduler:::aws-sdk:ec2:terminateInstances"
    && aws_scheduler_schedule.deadline.target[0].input == "{\"InstanceIds\":[\"i-0123456789abcdef0\"]}")
    error_message = "The schedule must terminate the instance."
  }

  assert {
    condition     = aws_scheduler_schedule.deadline.flexible_time_window[0].mode == "OFF"
    error_message = "The deadline must not be flexible."
  }
}

run "the_role_can_do_nothing_but_that" {
  assert {
    condition = jsondecode(aws_iam_role_policy.terminator.policy).Statement == [{
      Effect   = "Allow"
      Action   = "ec2:TerminateInstances"
      Resource = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0123456789abcdef0"
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
