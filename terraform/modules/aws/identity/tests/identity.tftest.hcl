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

run "what_is_not_asked_for_is_not_allowed" {
  command = plan

  assert {
    condition     = length(setintersection(toset([for s in jsondecode(aws_iam_role_policy.instance.policy).Statement : s.Sid]), toset(["WriteDatasets", "PullImages", "ReadSecrets", "SendMetrics", "MountTheSharedFileSystem", "DrainInOwnFleet"]))) == 0 && length(aws_iam_role.github) == 0
    error_message = "Rights of other blueprints must be absent."
  }
}

run "more_rights_stay_narrow" {
  command = plan

  variables {
    repository_arns    = ["arn:aws:ecr:us-east-1:123456789012:repository/bert-lora"]
    secret_names       = ["bert-lora/hub-token"]
    metrics_namespace  = "Terradev/bert-lora"
    file_system        = true
    file_system_arn    = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1"
    complete_lifecycle = true
  }

  assert {
    condition = toset([for s in jsondecode(aws_iam_role_policy.instance.policy).Statement : s.Sid if contains(flatten([s.Resource]), "*")]) == toset([
      "BeReachableThroughSystemsManager", "LogInToTheRegistry", "SendMetrics"
    ])
    error_message = "Only actions without a smaller resource may have the resource *."
  }

  assert {
    condition = one([for s in jsondecode(aws_iam_role_policy.instance.policy).Statement : s.Resource if s.Sid == "ReadSecrets"]) == [
      "arn:aws:secretsmanager:us-east-1:*:secret:bert-lora/hub-token-??????"
    ]
    error_message = "Only the named secret may be read."
  }

  assert {
    condition     = one([for s in jsondecode(aws_iam_role_policy.instance.policy).Statement : s.Condition.StringEquals["cloudwatch:namespace"] if s.Sid == "SendMetrics"]) == ["Terradev/bert-lora"] && one([for s in jsondecode(aws_iam_role_policy.instance.policy).Statement : s.Condition.StringEquals["aws:ResourceTag/terradev:environment"] if s.Sid == "DrainInOwnFleet"]) == ["env-1"]
    error_message = "Metrics must keep to the namespace and draining to the own fleet."
  }
}

run "github_is_one_branch_of_one_repository" {
  variables {
    repository_arns = ["arn:aws:ecr:us-east-1:123456789012:repository/bert-lora"]
    github          = { repository = "acme/train", branch = "release" }
  }

  assert {
    condition     = jsondecode(aws_iam_role.github[0].assume_role_policy).Statement[0].Condition.StringEquals == { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com", "token.actions.githubusercontent.com:sub" = "repo:acme/train:ref:refs/heads/release" }
    error_message = "Only the named branch may take the role."
  }

  assert {
    condition     = alltrue([for action in flatten([for s in jsondecode(aws_iam_role_policy.github[0].policy).Statement : s.Action]) : !strcontains(action, "*") && !strcontains(action, "Delete")])
    error_message = "Workflows must not delete, and every action must be named in full."
  }
}

run "an_existing_github_provider_is_used" {
  variables {
    github = { repository = "acme/train", create_provider = false, provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && jsondecode(aws_iam_role.github[0].assume_role_policy).Statement[0].Principal.Federated == "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    error_message = "The account's provider must be used."
  }
}

run "refuses_wildcards_in_names" {
  command = plan

  variables {
    secret_names      = ["*"]
    metrics_namespace = "a b"
    github            = { repository = "acme/*" }
  }

  expect_failures = [var.secret_names, var.metrics_namespace, var.github]
}
