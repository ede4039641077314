locals {
  topics = var.topic_arn == null ? [] : [var.topic_arn]
}

resource "aws_budgets_budget" "this" {
  count = var.budget_usd == null ? 0 : 1

  name         = var.name
  budget_type  = "COST"
  limit_amount = format("%.2f", var.budget_usd)
  limit_unit   = "USD"
  # The budget is for the environment's whole life. A monthly one would start anew in the middle of it.
  time_unit = "ANNUALLY"

  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:terradev:environment$%s", var.environment)]
  }

  dynamic "notification" {
    for_each = [50, 80, 100]

    content {
      notification_type          = "ACTUAL"
      comparison_operator        = "GREATER_THAN"
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      subscriber_sns_topic_arns  = local.topics
      subscriber_email_addresses = var.notification_emails
    }
  }

  tags = merge(var.tags, { Name = var.name })
}
