output "function_name" {
  description = "Name of the function that copies."
  value       = aws_lambda_function.this.function_name
}

output "dead_letter_queue_url" {
  description = "URL of the queue that holds what failed."
  value       = aws_sqs_queue.failures.url
}

output "schedule_names" {
  description = "Names of the schedules by key of the source, in the default schedule group."
  value       = { for key, schedule in aws_scheduler_schedule.source : key => schedule.name }
}
