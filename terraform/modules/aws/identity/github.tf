# https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services
locals {
  github_host = "token.actions.githubusercontent.com"

  github_provider_arn = var.github == null ? null : var.github.create_provider ? one(aws_iam_openid_connect_provider.github[*].arn) : var.github.provider_arn
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.github == null ? 0 : var.github.create_provider ? 1 : 0

  url            = "https://${local.github_host}"
  client_id_list = ["sts.amazonaws.com"]

  # AWS trusts GitHub's certificate by its own authorities and does not look at the thumbprint, which the API demands.
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]

  tags = merge(var.tags, { Name = "${var.name}-github" })
}

resource "aws_iam_role" "github" {
  count = var.github == null ? 0 : 1

  name        = "${var.name}-github"
  description = "What workflows of ${var.github.repository} may do"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = local.github_provider_arn }
      Condition = { StringEquals = {
        "${local.github_host}:aud" = "sts.amazonaws.com"
        "${local.github_host}:sub" = "repo:${var.github.repository}:ref:refs/heads/${var.github.branch}"
      } }
    }]
  })

  tags = merge(var.tags, { Name = "${var.name}-github" })
}

resource "aws_iam_role_policy" "github" {
  count = var.github == null ? 0 : 1

  name = "deliver"
  role = aws_iam_role.github[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "AddDatasets"
          Effect   = "Allow"
          Action   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
          Resource = ["${var.datasets_bucket_arn}/*"]
        },
        {
          Sid      = "ReadOutputs"
          Effect   = "Allow"
          Action   = ["s3:GetObject"]
          Resource = ["${var.outputs_bucket_arn}/*"]
        },
        {
          Sid      = "ListBuckets"
          Effect   = "Allow"
          Action   = ["s3:ListBucket"]
          Resource = [var.datasets_bucket_arn, var.outputs_bucket_arn]
        },
      ],
      length(var.repository_arns) == 0 ? [] : [
        {
          Sid      = "LogInToTheRegistry"
          Effect   = "Allow"
          Action   = ["ecr:GetAuthorizationToken"]
          Resource = ["*"]
        },
        {
          Sid    = "PushImages"
          Effect = "Allow"
          Action = [
            "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:GetDownloadUrlForLayer",
            "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
          ]
          Resource = var.repository_arns
        },
      ],
    )
  })
}
