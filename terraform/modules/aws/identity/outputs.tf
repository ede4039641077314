output "instance_profile" {
  description = "Name of the instance profile."
  value       = aws_iam_instance_profile.instance.name

  # A machine that boots before its policy exists would fail on its first call.
  depends_on = [aws_iam_role_policy.instance]
}

output "role_arn" {
  description = "ARN of the machine's role."
  value       = aws_iam_role.instance.arn
}

output "role_name" {
  description = "Name of the machine's role."
  value       = aws_iam_role.instance.name
}

output "github_role_arn" {
  description = "ARN of the role that GitHub workflows take, or null."
  value       = one(aws_iam_role.github[*].arn)
}
