variable "name" {
  description = "Prefix of the names of all resources; the schedule is named <name>-deadline."
  type        = string
  nullable    = false

  validation {
    # Roles, schedules and functions have at most 64 characters, "-runtime-check" included.
    condition     = can(regex("^[0-9A-Za-z_-]{1,50}$", var.name))
    error_message = "name must be 1 to 50 letters, digits and _ -."
  }
}

variable "region" {
  description = "Region of the environment."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "region must be the code of an AWS region, such as us-east-1."
  }
}

variable "environment" {
  description = "Id of the environment; the hourly check terminates only what is tagged terradev:environment with it."
  type        = string
  nullable    = false

  validation {
    # Inside a policy, ${...} would be a policy variable, and in a search * and ? would stand for others.
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$", var.environment))
    error_message = "environment must be 1 to 128 letters, digits and . _ -, starting with a letter or digit."
  }
}

variable "expires_at" {
  description = "When everything ends: RFC 3339 in UTC with whole seconds, such as 2030-01-31T18:00:00Z."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", var.expires_at)) && can(timeadd(var.expires_at, "0s"))
    error_message = "expires_at must be RFC 3339 in UTC with whole seconds, such as 2030-01-31T18:00:00Z."
  }
}

variable "instance_ids" {
  description = "Ids of the machines, at most 16. Their number must be known before they exist."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = length(var.instance_ids) <= 16 && alltrue([for id in var.instance_ids : can(regex("^i-[0-9a-f]{8,17}$", id))])
    error_message = "instance_ids must be at most 16 ids such as i-0123456789abcdef0."
  }

  validation {
    condition     = (length(var.instance_ids) > 0) != (var.autoscaling_group_name != null)
    error_message = "Give either instance_ids or autoscaling_group_name."
  }
}

variable "instance_arns" {
  description = "ARNs of the machines, in the order of instance_ids."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for arn in var.instance_arns : can(regex("^arn:[a-z-]+:ec2:[a-z0-9-]+:[0-9]{12}:instance/i-[0-9a-f]{8,17}$", arn))])
    error_message = "instance_arns must be ARNs such as arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0."
  }

  validation {
    condition     = length(var.instance_arns) == length(var.instance_ids)
    error_message = "instance_arns must have as many entries as instance_ids."
  }
}

variable "autoscaling_group_name" {
  description = "Instead of machines, the fleet's Auto Scaling group, whose name must be known before it exists. It is set to 0 at the deadline."
  type        = string
  default     = null

  validation {
    condition     = var.autoscaling_group_name == null || can(regex("^[A-Za-z0-9_./-]{1,255}$", var.autoscaling_group_name))
    error_message = "autoscaling_group_name must be 1 to 255 letters, digits and _ . / -."
  }
}

variable "autoscaling_group_arn" {
  description = "ARN of the Auto Scaling group."
  type        = string
  default     = null

  validation {
    condition     = var.autoscaling_group_arn == null || can(regex("^arn:[a-z-]+:autoscaling:[a-z0-9-]+:[0-9]{12}:autoScalingGroup:[0-9a-f-]+:autoScalingGroupName/[A-Za-z0-9_./-]+$", var.autoscaling_group_arn))
    error_message = "autoscaling_group_arn must be the ARN of an Auto Scaling group."
  }

  validation {
    condition     = (var.autoscaling_group_arn == null) == (var.autoscaling_group_name == null)
    error_message = "autoscaling_group_arn and autoscaling_group_name go together."
  }
}

variable "runtime_check" {
  description = "Whether a function looks every hour for what should have ended."
  type        = bool
  nullable    = false
  default     = true
}

variable "max_runtime_hours" {
  description = "Hours after which the hourly check terminates a machine, counted from its last start, or closes a fleet, counted from its creation, even before the deadline."
  type        = number
  nullable    = false
  default     = 24

  validation {
    condition     = var.max_runtime_hours > 0 && var.max_runtime_hours <= 8760
    error_message = "max_runtime_hours must be more than 0 and at most 8760."
  }
}

variable "log_retention_days" {
  description = "Days that the log of the hourly check is kept."
  type        = number
  nullable    = false
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "budget_usd" {
  description = "What the environment may cost in US dollars before notifications warn of it; nothing is stopped. Null: no budget."
  type        = number
  default     = null

  validation {
    condition     = var.budget_usd == null || try(var.budget_usd >= 1 && var.budget_usd <= 10000000, false)
    error_message = "budget_usd must be null or from 1 to 10000000."
  }

  validation {
    # AWS refuses a notification that nobody gets.
    condition     = var.budget_usd == null || length(var.notification_emails) > 0 || var.topic_arn != null
    error_message = "A budget needs topic_arn or notification_emails."
  }
}

variable "topic_arn" {
  description = "SNS topic that is told of a spent budget and of a failing check, or null. Its policy and key must admit budgets.amazonaws.com and cloudwatch.amazonaws.com."
  type        = string
  default     = null

  validation {
    condition     = var.topic_arn == null || can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", var.topic_arn))
    error_message = "topic_arn must be the ARN of an SNS topic."
  }
}

variable "notification_emails" {
  description = "Addresses that the budget's notifications go to directly."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = length(var.notification_emails) <= 10 && alltrue([for email in var.notification_emails : can(regex("^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$", email))])
    error_message = "notification_emails must be at most 10 e-mail addresses."
  }
}

variable "tags" {
  description = "Tags of every resource that takes tags, beside the provider's default tags. Schedules take none."
  type        = map(string)
  nullable    = false
  default     = {}
}
