output "schedule_name" {
  description = "Name of the (first) schedule, in the default schedule group."
  value       = aws_scheduler_schedule.deadline[0].name
}

output "schedule_arn" {
  description = "ARN of the (first) schedule."
  value       = aws_scheduler_schedule.deadline[0].arn
}

output "function_name" {
  description = "Name of the function that checks every hour, or null."
  value       = one(aws_lambda_function.runtime_check[*].function_name)
}
