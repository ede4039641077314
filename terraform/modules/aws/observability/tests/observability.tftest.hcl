mock_provider "aws" {}

variables {
  name = "bert-lora"
}

run "logs_are_kept_30_days_unless_told_otherwise" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "bert-lora" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The log group must have its name and a retention of 30 days."
  }
}

run "refuses_to_keep_logs_for_ever" {
  command = plan

  variables {
    retention_days = 0
  }

  expect_failures = [var.retention_days]
}
