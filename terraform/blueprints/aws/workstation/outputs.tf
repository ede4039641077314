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
  description = "Address of the machine, or null in private subnets. It admits connections from allowed_cidrs alone."
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

output "endpoint" {
  description = "Address of JupyterLab for allowed_cidrs, with a certificate that the machine made for itself. Null where nobody is admitted."
  value       = local.open && var.jupyter && !var.private_subnets ? "https://${module.gpu_instance.public_ip}:8888/lab" : null
}

output "connect_commands" {
  description = "How each service is reached through Session Manager, whatever allowed_cidrs says: forwards its port to this computer (SSH to 2222)."
  value       = { for key, port in local.ports : key => "aws ssm start-session --region ${var.region} --target ${module.gpu_instance.instance_id} --document-name AWS-StartPortForwardingSession --parameters portNumber=${port.port},localPortNumber=${key == "ssh" ? 2222 : port.port}" }
}

output "token_command" {
  description = "Shows the token that JupyterLab asks for. Null without JupyterLab."
  value       = var.jupyter ? "aws ssm start-session --region ${var.region} --target ${module.gpu_instance.instance_id} --document-name AWS-StartInteractiveCommand --parameters command='sudo cat /var/lib/terradev/token'" : null
}
