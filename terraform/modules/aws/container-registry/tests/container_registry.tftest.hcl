mock_provider "aws" {
  mock_resource "aws_ecr_repository" {
    defaults = {
      repository_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com/bert-lora"
      arn            = "arn:aws:ecr:us-east-1:123456789012:repository/bert-lora"
    }
  }
}

variables {
  name = "bert-lora"
}

run "images_are_scanned_encrypted_and_never_renamed" {
  command = plan

  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE" && aws_ecr_repository.this.image_scanning_configuration[0].scan_on_push && aws_ecr_repository.this.encryption_configuration[0].encryption_type == "AES256"
    error_message = "The repository must scan, encrypt and hold on to its tags."
  }

  assert {
    condition     = aws_ecr_repository.this.name == "bert-lora" && aws_ecr_repository.this.force_delete == false
    error_message = "Destroy must not delete images."
  }
}

run "old_images_expire" {
  command = plan

  variables {
    keep_tagged   = 20
    keep_untagged = 1
  }

  assert {
    condition = [for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : [rule.selection.tagStatus, rule.selection.countType, tostring(rule.selection.countNumber), rule.action.type]] == [
      ["untagged", "imageCountMoreThan", "1", "expire"],
      ["tagged", "imageCountMoreThan", "20", "expire"],
    ]
    error_message = "The newest images must be kept, and no others."
  }

  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.this.policy).rules[1].selection.tagPatternList == ["*"]
    error_message = "The rule for tagged images must reach every tag."
  }
}

run "nobody_pulls_by_the_repository_unless_named" {
  command = plan

  assert {
    condition     = length(aws_ecr_repository_policy.pull) == 0
    error_message = "Without roles there must be no policy."
  }
}

run "named_roles_pull_and_do_not_push" {
  command = plan

  variables {
    pull_role_arns = ["arn:aws:iam::210987654321:role/puller"]
  }

  assert {
    condition = jsondecode(aws_ecr_repository_policy.pull[0].policy).Statement == [{
      Sid       = "Pull"
      Effect    = "Allow"
      Principal = { AWS = ["arn:aws:iam::210987654321:role/puller"] }
      Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    }]
    error_message = "The named roles must be let pull, and nothing else."
  }
}

run "the_registry_is_the_host_of_the_url" {
  assert {
    condition     = output.registry == "123456789012.dkr.ecr.us-east-1.amazonaws.com" && output.repository_url == "123456789012.dkr.ecr.us-east-1.amazonaws.com/bert-lora" && output.repository_name == "bert-lora"
    error_message = "The outputs must name host and repository."
  }
}

run "tags_are_taken_literally" {
  command = plan

  variables {
    tags = { team = "$${nlp} \"x\"" }
  }

  assert {
    condition     = aws_ecr_repository.this.tags == tomap({ team = "$${nlp} \"x\"", Name = "bert-lora" })
    error_message = "The repository must carry the tags as they were given, and its name."
  }
}

run "refuses_hostile_or_impossible_values" {
  command = plan

  variables {
    name           = "Bert/../LoRA"
    keep_tagged    = 0
    keep_untagged  = 1.5
    pull_role_arns = ["*"]
  }

  expect_failures = [var.name, var.keep_tagged, var.keep_untagged, var.pull_role_arns]
}
