output "volume_ids" {
  description = "Ids of the volumes, by the keys of volumes."
  value       = { for key, volume in aws_ebs_volume.this : key => volume.id }
}

output "policy_id" {
  description = "Id of the snapshot policy. Null without snapshots."
  value       = one(aws_dlm_lifecycle_policy.this[*].id)
}
