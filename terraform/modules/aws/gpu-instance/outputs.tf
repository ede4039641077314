output "instance_id" {
  description = "Id of the instance."
  value       = aws_instance.this.id
}

output "instance_arn" {
  description = "ARN of the instance."
  value       = aws_instance.this.arn
}

output "instance_type" {
  description = "Type of the instance."
  value       = aws_instance.this.instance_type
}

output "availability_zone" {
  description = "Zone the instance runs in."
  value       = aws_instance.this.availability_zone
}

output "public_ip" {
  description = "Public address of the instance. It admits no connections."
  value       = aws_instance.this.public_ip
}

output "security_group_id" {
  description = "Id of the egress-only security group."
  value       = aws_security_group.this.id
}

output "user_data" {
  description = "The script of the first boot. It holds no secrets."
  value       = local.user_data
}
