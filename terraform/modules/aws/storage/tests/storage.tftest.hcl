mock_provider "aws" {}

variables {
  datasets_bucket_name = "bert-lora-datasets-0123456789"
  outputs_bucket_name  = "bert-lora-outputs-0123456789"
}

run "both_buckets_are_closed_versioned_and_encrypted" {
  assert {
    condition     = length(aws_s3_bucket.this) == 2 && alltrue([for bucket in aws_s3_bucket.this : bucket.force_destroy == false])
    error_message = "There must be two buckets that destroy does not empty."
  }

  assert {
    condition = length(aws_s3_bucket_public_access_block.this) == 2 && alltrue([for block in aws_s3_bucket_public_access_block.this :
      block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets
    ])
    error_message = "Public access must be fully blocked."
  }

  assert {
    condition     = alltrue([for versioning in aws_s3_bucket_versioning.this : versioning.versioning_configuration[0].status == "Enabled"])
    error_message = "Buckets must be versioned."
  }

  assert {
    condition = alltrue(flatten([for configuration in aws_s3_bucket_server_side_encryption_configuration.this : [for rule in configuration.rule :
      rule.apply_server_side_encryption_by_default[0].sse_algorithm == "AES256"
    ]]))
    error_message = "Buckets must be encrypted."
  }

  assert {
    condition     = alltrue([for controls in aws_s3_bucket_ownership_controls.this : controls.rule[0].object_ownership == "BucketOwnerEnforced"])
    error_message = "The bucket's owner must own every object."
  }
}

run "plain_http_is_denied_for_the_bucket_and_its_objects" {
  assert {
    condition = length(aws_s3_bucket_policy.tls_only) == 2 && alltrue([for key, policy in aws_s3_bucket_policy.tls_only :
      jsondecode(policy.policy).Statement == [{
        Sid       = "DenyPlainHttp"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.this[key].arn, "${aws_s3_bucket.this[key].arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }]
    ])
    error_message = "Both buckets must deny every action over plain HTTP."
  }
}

run "refuses_one_bucket_for_both" {
  command = plan

  variables {
    outputs_bucket_name = "bert-lora-datasets-0123456789"
  }

  expect_failures = [var.outputs_bucket_name]
}

run "refuses_a_name_s3_would_refuse" {
  command = plan

  variables {
    datasets_bucket_name = "Bert_LoRA"
  }

  expect_failures = [var.datasets_bucket_name]
}

run "old_things_get_cheaper_and_then_go" {
  command = plan

  assert {
    condition     = one([for rule in aws_s3_bucket_lifecycle_configuration.this["datasets"].rule : one(rule.transition).storage_class if rule.id == "archive"]) == "GLACIER" && one([for rule in aws_s3_bucket_lifecycle_configuration.this["datasets"].rule : one(rule.transition).days if rule.id == "archive"]) == 90
    error_message = "Datasets must move to Glacier after 90 days."
  }

  assert {
    condition = toset(flatten([for rule in aws_s3_bucket_lifecycle_configuration.this["outputs"].rule : [for transition in rule.transition : "${try(rule.filter[0].prefix, "")} ${transition.storage_class} ${transition.days}"]])) == toset([
      " INTELLIGENT_TIERING 30", "artifacts/ GLACIER 180", "experiments/ GLACIER 180", "runs/ GLACIER 180", "trained/ GLACIER 180",
    ])
    error_message = "Outputs must be tiered and then archived, but for production/, which machines load models from."
  }

  assert {
    condition     = alltrue([for bucket in aws_s3_bucket_lifecycle_configuration.this : length([for rule in bucket.rule : rule if rule.id == "old-versions"]) == 1 && length([for rule in bucket.rule : rule if rule.id == "broken-uploads"]) == 1])
    error_message = "Old versions and broken uploads must not be paid for ever."
  }
}

run "nothing_moves_when_all_is_off" {
  command = plan

  variables {
    datasets_archive_days   = 0
    outputs_tiering_days    = 0
    outputs_archive_days    = 0
    noncurrent_archive_days = 0
    noncurrent_expire_days  = 0
  }

  assert {
    condition     = alltrue([for bucket in aws_s3_bucket_lifecycle_configuration.this : [for rule in bucket.rule : rule.id] == ["broken-uploads"]])
    error_message = "Only broken uploads may be tidied up."
  }
}

run "copies_go_to_the_named_buckets_alone" {
  variables {
    replication = { outputs_bucket_arn = "arn:aws:s3:::outputs-copy" }
  }

  override_resource {
    target = aws_iam_role.replication
    values = { arn = "arn:aws:iam::123456789012:role/replication" }
  }

  assert {
    condition     = keys(aws_s3_bucket_replication_configuration.this) == ["outputs"] && one([for s in jsondecode(aws_iam_role_policy.replication[0].policy).Statement : s.Resource if s.Sid == "WriteCopies"]) == ["arn:aws:s3:::outputs-copy/*"]
    error_message = "Only the named bucket may receive copies."
  }
}

run "refuses_days_out_of_order_and_odd_replicas" {
  command = plan

  variables {
    datasets_archive_days  = -1
    outputs_archive_days   = 10
    noncurrent_expire_days = 10
    replication            = { datasets_bucket_arn = "arn:aws:s3:::a*" }
  }

  expect_failures = [var.datasets_archive_days, var.outputs_archive_days, var.noncurrent_expire_days, var.replication]
}
