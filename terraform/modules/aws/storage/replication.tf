locals {
  replicas = var.replication == null ? {} : { for key, arn in { datasets = var.replication.datasets_bucket_arn, outputs = var.replication.outputs_bucket_arn } : key => arn if arn != null }
}

resource "aws_iam_role" "replication" {
  count = length(local.replicas) > 0 ? 1 : 0

  name        = "${substr(var.outputs_bucket_name, 0, 51)}-replication"
  description = "Lets S3 copy new objects to other buckets"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "s3.amazonaws.com" }
    }]
  })

  tags = merge(var.tags, { Name = "${substr(var.outputs_bucket_name, 0, 51)}-replication" })
}

resource "aws_iam_role_policy" "replication" {
  count = length(local.replicas) > 0 ? 1 : 0

  name = "replicate"
  role = aws_iam_role.replication[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadTheSetting"
        Effect   = "Allow"
        Action   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
        Resource = [for key in keys(local.replicas) : aws_s3_bucket.this[key].arn]
      },
      {
        Sid      = "ReadVersions"
        Effect   = "Allow"
        Action   = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
        Resource = [for key in keys(local.replicas) : "${aws_s3_bucket.this[key].arn}/*"]
      },
      {
        Sid      = "WriteCopies"
        Effect   = "Allow"
        Action   = ["s3:ReplicateObject", "s3:ReplicateTags"]
        Resource = [for arn in values(local.replicas) : "${arn}/*"]
      },
    ]
  })
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = local.replicas

  bucket = aws_s3_bucket.this[each.key].id
  role   = aws_iam_role.replication[0].arn

  rule {
    id     = "all"
    status = "Enabled"

    filter {}

    # What is deleted here by mistake is still there.
    delete_marker_replication {
      status = "Disabled"
    }

    destination {
      bucket = each.value
    }
  }

  depends_on = [aws_s3_bucket_versioning.this, aws_iam_role_policy.replication]
}
