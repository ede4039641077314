output "log_group" {
  description = "Name of the log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "log_group_arn" {
  description = "ARN of the log group, without a trailing :*."
  value       = aws_cloudwatch_log_group.this.arn
}

output "topic_arn" {
  description = "ARN of the topic that alarms and budgets publish to."
  value       = aws_sns_topic.this.arn

  # A budget is refused when it may not publish yet.
  depends_on = [aws_sns_topic_policy.this]
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
