output "datasets_bucket" {
  description = "Name of the datasets bucket."
  value       = aws_s3_bucket.this["datasets"].bucket
}

output "datasets_bucket_arn" {
  description = "ARN of the datasets bucket."
  value       = aws_s3_bucket.this["datasets"].arn
}

output "outputs_bucket" {
  description = "Name of the outputs bucket."
  value       = aws_s3_bucket.this["outputs"].bucket
}

output "outputs_bucket_arn" {
  description = "ARN of the outputs bucket."
  value       = aws_s3_bucket.this["outputs"].arn
}

output "dataset_prefixes" {
  description = "Where what lies in the datasets bucket: as it came, ready for training, in between, and from elsewhere."
  value       = { for prefix in ["raw", "processed", "interim", "external"] : prefix => "${prefix}/" }
}

output "output_prefixes" {
  description = "Where what lies in the outputs bucket: models, their artifacts, experiments, what serves, and runs with their checkpoints."
  value       = { for prefix in ["trained", "artifacts", "experiments", "production", "runs"] : prefix => "${prefix}/" }
}
