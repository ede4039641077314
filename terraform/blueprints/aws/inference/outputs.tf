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
  description = "Base address of the API: for allowed_cidrs, or on this computer while connect_command runs."
  value       = local.open ? "https://${coalesce(module.gpu_instance.public_ip, module.gpu_instance.private_ips[0])}:${var.port}/v1" : "http://localhost:${var.port}/v1"

  precondition {
    condition     = !var.private_subnets || var.nat_gateway || var.existing_network != null
    error_message = "The engine's image comes from a registry, which private_subnets reach only with nat_gateway or an existing_network that has a way there."
  }
}

output "connect_command" {
  description = "Forwards the API through Session Manager to http://localhost on this computer, whatever allowed_cidrs says."
  value       = "aws ssm start-session --region ${var.region} --target ${module.gpu_instance.instance_id} --document-name AWS-StartPortForwardingSession --parameters portNumber=${var.port},localPortNumber=${var.port}"
}

output "token_command" {
  description = "Shows the token that callers send as Authorization: Bearer. It is made on the machine."
  value       = "aws ssm start-session --region ${var.region} --target ${module.gpu_instance.instance_id} --document-name AWS-StartInteractiveCommand --parameters command='sudo cat /var/lib/terradev/token'"
}

output "certificate_command" {
  description = "Shows the certificate of the endpoint, which callers must be told to trust. Null without allowed_cidrs."
  value       = local.open ? "aws ssm start-session --region ${var.region} --target ${module.gpu_instance.instance_id} --document-name AWS-StartInteractiveCommand --parameters command='sudo cat /var/lib/terradev/tls/certificate.pem'" : null
}
