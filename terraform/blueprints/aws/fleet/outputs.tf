locals {
  some_machine = "\"$(aws autoscaling describe-auto-scaling-groups --region ${var.region} --auto-scaling-group-names ${local.group_name} --query 'AutoScalingGroups[0].Instances[0].InstanceId' --output text)\""
}

output "autoscaling_group" {
  description = "Name of the Auto Scaling group."
  value       = module.gpu_fleet.autoscaling_group_name
}

output "instance_type" {
  description = "Preferred type of the machines."
  value       = var.instance_type
}

output "availability_zone" {
  description = "First of the zones that the machines run in, or null in a network of one's own."
  value       = var.existing_network == null ? local.availability_zones[0] : null
}

output "public_ip" {
  description = "Always null: the load balancer has a name, and its addresses change."
  value       = null
}

output "endpoint" {
  description = "Where the fleet answers: allowed_cidrs, or the VPC when there are none."
  value       = module.gpu_fleet.endpoint
}

output "datasets_bucket" {
  description = "Bucket for datasets."
  value       = module.storage.datasets_bucket
}

output "outputs_bucket" {
  description = "Bucket for results."
  value       = module.storage.outputs_bucket
}

output "file_system_id" {
  description = "File system that every machine has at /shared."
  value       = module.file_system.file_system_id
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
  description = "Opens a shell on one of the machines; needs the AWS CLI and its Session Manager plugin."
  value       = "aws ssm start-session --region ${var.region} --target ${local.some_machine}"
}

output "connect_command" {
  description = "Forwards one machine's port to this computer, whatever allowed_cidrs says."
  value       = "aws ssm start-session --region ${var.region} --target ${local.some_machine} --document-name AWS-StartPortForwardingSession --parameters portNumber=${var.port},localPortNumber=${var.port}"
}

output "token_command" {
  description = "Shows the token that vLLM asks for, one for the whole fleet. Null with an image of one's own."
  value       = var.image == null ? "aws ssm start-session --region ${var.region} --target ${local.some_machine} --document-name AWS-StartInteractiveCommand --parameters command='sudo cat /shared/token'" : null
}

output "expires_at" {
  description = "When the fleet ends, RFC 3339 in UTC."
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
