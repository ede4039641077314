output "instance_ids" {
  description = "Ids of the instances, the leader's first."
  value       = aws_instance.this[*].id
}

output "instance_arns" {
  description = "ARNs of the instances."
  value       = aws_instance.this[*].arn
}

output "instance_id" {
  description = "Id of the first instance."
  value       = aws_instance.this[0].id
}

output "instance_arn" {
  description = "ARN of the first instance."
  value       = aws_instance.this[0].arn
}

output "instance_type" {
  description = "Type of the instances."
  value       = var.instance_type
}

output "availability_zone" {
  description = "Zone the instances run in."
  value       = aws_instance.this[0].availability_zone
}

output "public_ip" {
  description = "Public address of the first instance, or empty."
  value       = aws_instance.this[0].public_ip
}

output "public_ips" {
  description = "Public addresses of the instances."
  value       = aws_instance.this[*].public_ip
}

output "private_ips" {
  description = "Private addresses of the instances."
  value       = aws_instance.this[*].private_ip
}

output "security_group_id" {
  description = "Id of the instances' security group."
  value       = aws_security_group.this.id
}

output "launch_template_id" {
  description = "Id of the launch template."
  value       = aws_launch_template.this.id
}
