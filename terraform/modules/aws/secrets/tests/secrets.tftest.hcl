mock_provider "aws" {
  mock_resource "aws_secretsmanager_secret" {
    defaults = {
      arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:bert-lora/hub-token-AbCdEf"
    }
  }
}

variables {
  name             = "bert-lora"
  secrets          = { hub-token = "Token of the model hub", other = "Another" }
  reader_role_arns = ["arn:aws:iam::123456789012:role/bert-lora-instance"]
}

run "secrets_are_places_without_values" {
  command = plan

  assert {
    condition     = { for key, secret in aws_secretsmanager_secret.this : key => "${secret.name}: ${secret.description}" } == { hub-token = "bert-lora/hub-token: Token of the model hub", other = "bert-lora/other: Another" }
    error_message = "Each secret must be named and described."
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : secret.recovery_window_in_days == 0])
    error_message = "A destroyed secret must not keep its name occupied."
  }

  assert {
    condition     = output.secret_names == { hub-token = "bert-lora/hub-token", other = "bert-lora/other" }
    error_message = "Names must be put out by key."
  }
}

run "nobody_but_the_readers_reads" {
  assert {
    condition = length(aws_secretsmanager_secret_policy.readers) == 2 && alltrue([for policy in aws_secretsmanager_secret_policy.readers :
      policy.block_public_policy && jsondecode(policy.policy).Statement == [{
        Sid       = "DenyReadingToOthers"
        Effect    = "Deny"
        Principal = "*"
        Action    = "secretsmanager:GetSecretValue"
        Resource  = "*"
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = ["arn:aws:iam::123456789012:role/bert-lora-instance"] } }
      }]
    ])
    error_message = "Every secret must refuse everybody but the readers."
  }
}

run "descriptions_and_tags_are_taken_literally" {
  command = plan

  variables {
    secrets = { hub-token = "$${var.name} \"x\"\n<<EOT" }
    tags    = { team = "$${nlp} \"x\"" }
  }

  assert {
    condition     = aws_secretsmanager_secret.this["hub-token"].description == "$${var.name} \"x\"\n<<EOT"
    error_message = "A description must arrive as it was given."
  }

  assert {
    condition     = aws_secretsmanager_secret.this["hub-token"].tags == tomap({ team = "$${nlp} \"x\"", Name = "bert-lora/hub-token" })
    error_message = "The secret must carry the tags as they were given, and its name."
  }
}

run "refuses_hostile_or_impossible_values" {
  command = plan

  variables {
    name             = "a/*"
    secrets          = { "Hub Token" = "x" }
    reader_role_arns = ["arn:aws:iam::123456789012:role/*"]
  }

  expect_failures = [var.name, var.secrets, var.reader_role_arns]
}

run "refuses_a_secret_without_description_and_nobody_as_reader" {
  command = plan

  variables {
    secrets          = { hub-token = "" }
    reader_role_arns = []
  }

  expect_failures = [var.secrets, var.reader_role_arns]
}
