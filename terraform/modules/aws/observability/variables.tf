variable "name" {
  description = "Name of the log group and the dashboard, and prefix of all other names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,55}$", var.name))
    error_message = "name must be 1 to 55 letters, digits and _ -."
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

variable "retention_days" {
  description = "Days that CloudWatch keeps log events."
  type        = number
  nullable    = false
  default     = 30

  validation {
    # The figures CloudWatch Logs accepts; 0 would mean for ever, and nobody is left to pay for that.
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.retention_days)
    error_message = "retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "metrics_namespace" {
  description = "Namespace of the metrics that the machines send. Null: Terradev/<name>."
  type        = string
  default     = null

  validation {
    condition     = var.metrics_namespace == null || (can(regex("^[A-Za-z0-9_./#-]{1,255}$", var.metrics_namespace)) && !startswith(coalesce(var.metrics_namespace, "-"), "AWS/"))
    error_message = "metrics_namespace must be 1 to 255 letters, digits and _ . / # - and not start with AWS/, which AWS keeps for itself."
  }
}

variable "instance_count" {
  description = "Number of machines, known before they exist; 0 for a fleet."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = var.instance_count >= 0 && var.instance_count <= 16 && floor(var.instance_count) == var.instance_count
    error_message = "instance_count must be a whole number from 0 to 16."
  }
}

variable "instance_ids" {
  description = "Ids of the machines, as many as instance_count."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = length(var.instance_ids) == var.instance_count
    error_message = "instance_ids must have instance_count entries."
  }
}

variable "autoscaling_group_name" {
  description = "Name of the fleet's Auto Scaling group, known before it exists, or null."
  type        = string
  default     = null

  validation {
    condition     = var.autoscaling_group_name == null || (var.instance_count == 0 && can(regex("^[A-Za-z0-9_./-]{1,255}$", var.autoscaling_group_name)))
    error_message = "autoscaling_group_name must be 1 to 255 letters, digits and _ . / -, and excludes instance_ids."
  }
}

variable "alarms" {
  description = "Whether alarms are made."
  type        = bool
  nullable    = false
  default     = true
}

variable "max_runtime_hours" {
  description = "Hours after which a running machine raises an alarm."
  type        = number
  nullable    = false
  default     = 24

  validation {
    condition     = var.max_runtime_hours > 0 && var.max_runtime_hours <= 8760
    error_message = "max_runtime_hours must be more than 0 and at most 8760."
  }
}

variable "notification_emails" {
  description = "Addresses that get every notification; each must confirm AWS's first message."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = length(var.notification_emails) <= 10 && alltrue([for email in var.notification_emails : can(regex("^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$", email))])
    error_message = "notification_emails must be at most 10 e-mail addresses."
  }
}

variable "tags" {
  description = "Tags of every resource, beside the provider's default tags. Subscriptions and dashboards take none."
  type        = map(string)
  nullable    = false
  default     = {}
}
