mock_provider "aws" {}

variables {
  name                   = "bert-lora"
  environment            = "env-1"
  region                 = "us-east-1"
  datasets_bucket_arn    = "arn:aws:s3:::datasets"
  outputs_bucket_arn     = "arn:aws:s3:::outputs"
  log_group_arn          = "arn:aws:logs:us-east-1:123456789012:log-group:bert-lora"
  deadline_schedule_name = "bert-lora-deadline"
}

run "no_action_is_a_wildcard" {
  command = plan

  assert {
    condition     = alltrue([for action in flatten([for s in jsondecode(aws_iam_role_policy.instance.policy).Statement : s.Action]) : !strcontains(action, "*")])
    error_message = "Every action must be named in full."
  }

  assert {
    condition = [for s in jsondecode(aws_iam_role_policy.instance.policy).Statement : s.Sid if contains(flatten([s.Resource]), "*")] == [
      "BeReachableThroughSystemsManager"
    ]
    error_message = "Only Systems Manager, which has no smaller resource, may have the resource *."
  }
}

run "datasets_are_read_only" {
  command = plan

  assert {
    condition = toset(flatten([for s in jsondecode(aws_iam_role_policy.instance.policy).Statement : s.Action
      if anytrue([for r in flatten([s.Resource]) : startswith(r, "arn:aws:s3:::datasets")])
    ])) == toset(["s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject", "s3:GetObjectVersion"])
    error_message = "The datasets bucket must be read-only."
  }
}

run "only_the_own_environment_can_be_terminated" {
  command = plan

  assert {
    condition = [for s in jsondecode(aws_iam_role_policy.instance.policy).Statement : [s.Action, s.Resource, s.Condition.StringEquals["aws:ResourceTag/terradev:environment"]] if s.Sid == "TerminateOwnEnvironment"] == [
      ["ec2:TerminateInstances", "arn:aws:ec2:us-east-1:*:instance/*", "env-1"]
    ]
    error_message = "Termination must be limited by the environment's tag."
  }

  assert {
    condition     = aws_iam_instance_profile.instance.role == "bert-lora-instance"
    error_message = "The profile must carry the role."
  }
}

run "refuses_a_policy_variable_as_environment" {
  command = plan

  variables {
    environment = "$${aws:PrincipalTag/x}"
  }

  expect_failures = [var.environment]
}
