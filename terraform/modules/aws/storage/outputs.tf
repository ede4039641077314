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
