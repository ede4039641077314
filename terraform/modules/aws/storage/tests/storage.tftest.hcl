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
