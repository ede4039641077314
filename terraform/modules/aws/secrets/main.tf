# Without a recovery window an environment can be destroyed and made again under the same names.
resource "aws_secretsmanager_secret" "this" {
  for_each = var.secrets

  name                    = "${var.name}/${each.key}"
  description             = each.value
  recovery_window_in_days = 0

  tags = merge(var.tags, { Name = "${var.name}/${each.key}" })
}

resource "aws_secretsmanager_secret_policy" "readers" {
  for_each = var.secrets

  secret_arn          = aws_secretsmanager_secret.this[each.key].arn
  block_public_policy = true

  # A refusal, not a permission: it binds administrators of the account too, whatever their own policies say.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DenyReadingToOthers"
      Effect    = "Deny"
      Principal = "*"
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
      Condition = { ArnNotEquals = { "aws:PrincipalArn" = var.reader_role_arns } }
    }]
  })
}
