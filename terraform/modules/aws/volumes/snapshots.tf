locals {
  partition = startswith(var.region, "cn-") ? "aws-cn" : startswith(var.region, "us-gov-") ? "aws-us-gov" : "aws"
  account   = split(":", values(aws_ebs_volume.this)[0].arn)[4]

  # The account of a snapshot's ARN is empty.
  volumes_arn   = "arn:${local.partition}:ec2:${var.region}:${local.account}:volume/*"
  snapshots_arn = "arn:${local.partition}:ec2:${var.region}::snapshot/*"
}

resource "aws_iam_role" "snapshots" {
  count = var.snapshots == null ? 0 : 1

  name        = "${var.name}-snapshots"
  description = "Takes and drops the snapshots of the volumes of ${var.name}"

  # The service acts for every account; only this one may have it act through this role.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "dlm.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:dlm:${var.region}:${local.account}:policy/*" }
      }
    }]
  })

  tags = merge(var.tags, { Name = "${var.name}-snapshots" })
}

resource "aws_iam_role_policy" "snapshots" {
  count = var.snapshots == null ? 0 : 1

  name = "snapshots"
  role = aws_iam_role.snapshots[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # EC2 knows no resource smaller than * for these.
        Sid      = "FindVolumesAndSnapshots"
        Effect   = "Allow"
        Action   = ["ec2:DescribeInstances", "ec2:DescribeSnapshots", "ec2:DescribeVolumes"]
        Resource = "*"
      },
      {
        Sid       = "ReadOwnVolumes"
        Effect    = "Allow"
        Action    = ["ec2:CreateSnapshot"]
        Resource  = local.volumes_arn
        Condition = { StringEquals = { "aws:ResourceTag/terradev:snapshots" = var.name } }
      },
      {
        # A snapshot that is being made has no tags yet that a condition could ask for.
        Sid      = "MakeSnapshots"
        Effect   = "Allow"
        Action   = ["ec2:CreateSnapshot", "ec2:CreateTags"]
        Resource = local.snapshots_arn
      },
      {
        Sid       = "DropOwnSnapshots"
        Effect    = "Allow"
        Action    = ["ec2:DeleteSnapshot"]
        Resource  = local.snapshots_arn
        Condition = { StringEquals = { "aws:ResourceTag/terradev:snapshots" = var.name } }
      },
    ]
  })
}

resource "aws_dlm_lifecycle_policy" "this" {
  count = var.snapshots == null ? 0 : 1

  description        = "Snapshots of the volumes of ${var.name}"
  execution_role_arn = aws_iam_role.snapshots[0].arn
  state              = "ENABLED"

  policy_details {
    resource_types = ["VOLUME"]
    target_tags    = { "terradev:snapshots" = var.name }

    schedule {
      name = "every ${var.snapshots.interval_hours} hours"

      # The volume's tags name the environment, and the role may drop only what carries its tag.
      copy_tags = true

      create_rule {
        interval      = var.snapshots.interval_hours
        interval_unit = "HOURS"
        times         = ["03:00"]
      }

      retain_rule {
        count = var.snapshots.keep
      }
    }
  }

  tags = merge(var.tags, { Name = "${var.name}-snapshots" })

  depends_on = [aws_iam_role_policy.snapshots]
}
