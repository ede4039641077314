output "repository_url" {
  description = "What images are tagged with: <registry>/<name>."
  value       = aws_ecr_repository.this.repository_url
}

output "repository_arn" {
  description = "ARN of the repository, for the policies of who pushes and pulls."
  value       = aws_ecr_repository.this.arn
}

output "repository_name" {
  description = "Name of the repository."
  value       = aws_ecr_repository.this.name
}

output "registry" {
  description = "Host to log in to."
  value       = split("/", aws_ecr_repository.this.repository_url)[0]
}
