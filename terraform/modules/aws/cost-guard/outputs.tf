output "schedule_name" {
  description = "Name of the schedule, in the default schedule group."
  value       = aws_scheduler_schedule.deadline.name
}

output "schedule_arn" {
  description = "ARN of the schedule."
  value       = aws_scheduler_schedule.deadline.arn
}
