output "file_system_id" {
  description = "Id of the file system. Usable only once it has mount targets."
  value       = aws_efs_file_system.this.id

  # Who boots with this id mounts at once, and on destroy leaves before the mount targets go.
  depends_on = [aws_efs_file_system_policy.this, aws_efs_mount_target.this, aws_vpc_security_group_ingress_rule.clients]
}

output "file_system_arn" {
  description = "ARN of the file system, for the policy of who mounts it."
  value       = aws_efs_file_system.this.arn
}

output "access_point_id" {
  description = "Id of the access point, the only way in."
  value       = aws_efs_access_point.shared.id
}

output "access_point_arn" {
  description = "ARN of the access point."
  value       = aws_efs_access_point.shared.arn
}

output "dns_name" {
  description = "Name that the VPC resolves to the mount target of the caller's zone."
  value       = aws_efs_file_system.this.dns_name
}

output "security_group_id" {
  description = "Security group of the mount targets."
  value       = aws_security_group.this.id
}
