locals {
  # Each rule that is switched on, by bucket and name. production/ stays readable, because machines load models from there.
  transitions = {
    datasets = {
      archive = { prefix = "", class = "GLACIER", days = var.datasets_archive_days }
    }
    outputs = merge(
      { tiering = { prefix = "", class = "INTELLIGENT_TIERING", days = var.outputs_tiering_days } },
      { for prefix in ["artifacts", "experiments", "runs", "trained"] : "archive-${prefix}" => { prefix = "${prefix}/", class = "GLACIER", days = var.outputs_archive_days } },
    )
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id

  dynamic "rule" {
    for_each = { for name, rule in local.transitions[each.key] : name => rule if rule.days > 0 }

    content {
      id     = rule.key
      status = "Enabled"

      filter {
        prefix = rule.value.prefix
      }

      transition {
        days          = rule.value.days
        storage_class = rule.value.class
      }
    }
  }

  dynamic "rule" {
    for_each = var.noncurrent_archive_days > 0 || var.noncurrent_expire_days > 0 ? [1] : []

    content {
      id     = "old-versions"
      status = "Enabled"

      filter {}

      dynamic "noncurrent_version_transition" {
        for_each = var.noncurrent_archive_days > 0 ? [1] : []

        content {
          noncurrent_days = var.noncurrent_archive_days
          storage_class   = "GLACIER_IR"
        }
      }

      dynamic "noncurrent_version_expiration" {
        for_each = var.noncurrent_expire_days > 0 ? [1] : []

        content {
          noncurrent_days = var.noncurrent_expire_days
        }
      }
    }
  }

  # Parts of uploads that were broken off are billed and shown nowhere.
  rule {
    id     = "broken-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # Rules about versions hold only in a versioned bucket.
  depends_on = [aws_s3_bucket_versioning.this]
}
