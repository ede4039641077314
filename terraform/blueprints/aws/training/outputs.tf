output "instance_id" {
  description = "Id of the machine."
  value       = module.gpu_instance.instance_id
}

output "instance_type" {
  description = "Type of the machine."
  value       = module.gpu_instance.instance_type
}

output "availability_zone" {
  description = "Zone the machine runs in."
  value       = module.gpu_instance.availability_zone
}

output "public_ip" {
  description = "Address the machine calls out from. It admits no connections."
  value       = module.gpu_instance.public_ip
}

output "datasets_bucket" {
  description = "Bucket the machine reads datasets from."
  value       = module.storage.datasets_bucket
}

output "outputs_bucket" {
  description = "Bucket the machine writes checkpoints and results to."
  value       = module.storage.outputs_bucket
}

output "log_group" {
  description = "CloudWatch log group of the environment."
  value       = module.observability.log_group
}

output "vpc_id" {
  description = "Id of the VPC."
  value       = module.network.vpc_id
}

output "ssm_command" {
  description = "Opens a shell on the machine; needs the AWS CLI and its Session Manager plugin."
  value       = "aws ssm start-session --region ${var.region} --target ${module.gpu_instance.instance_id}"
}

output "expires_at" {
  description = "When the machine is terminated, RFC 3339 in UTC."
  value       = var.expires_at
}

output "region" {
  description = "Region of the environment."
  value       = var.region
}

output "dashboard" {
  description = "Name of the CloudWatch dashboard."
  value       = module.observability.dashboard_name
}

output "topic_arn" {
  description = "SNS topic that alarms and budgets tell."
  value       = module.observability.topic_arn
}

output "repository_url" {
  description = "ECR repository for the training image, or null."
  value       = one(module.container_registry[*].repository_url)
}

output "github_role_arn" {
  description = "Role for the GitHub workflows of github_repository, or null."
  value       = module.identity.github_role_arn
}
