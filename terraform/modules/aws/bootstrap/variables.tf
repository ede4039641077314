variable "region" {
  description = "Region of the machine."
  type        = string
  nullable    = false

  validation {
    # Goes into a shell script.
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "region must be the code of an AWS region, such as us-east-1."
  }
}

variable "expires_at" {
  description = "When the machine powers itself off, which terminates it: RFC 3339 in UTC with whole seconds. A moved schedule overrules it."
  type        = string
  nullable    = false

  validation {
    # Goes into a shell script.
    condition     = can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", var.expires_at)) && can(timeadd(var.expires_at, "0s"))
    error_message = "expires_at must be RFC 3339 in UTC with whole seconds, such as 2030-01-31T18:00:00Z."
  }
}

variable "deadline_schedule_name" {
  description = "Name of the EventBridge schedule (default group) that holds the deadline."
  type        = string
  nullable    = false

  validation {
    # Goes into a shell script.
    condition     = can(regex("^[0-9A-Za-z_.-]{1,64}$", var.deadline_schedule_name))
    error_message = "deadline_schedule_name must be 1 to 64 letters, digits and _ . -."
  }
}

variable "settings" {
  description = "What the machine is for; written to /etc/terradev/environment.json as it stands."
  type        = map(string)
  nullable    = false
  default     = {}

  validation {
    condition     = length(base64encode(jsonencode(var.settings))) <= 8192
    error_message = "settings must not exceed 6 KB as JSON."
  }
}

variable "files" {
  description = "Text files by their path below /opt/terradev, with the mode as chmod takes it."
  type = map(object({
    content = string
    mode    = optional(string, "0644")
  }))
  nullable = false
  default  = {}

  validation {
    condition = alltrue([
      for path, file in var.files :
      can(regex("^[a-zA-Z0-9][a-zA-Z0-9._-]*(/[a-zA-Z0-9][a-zA-Z0-9._-]*)*$", path)) && can(regex("^0[0-7]{3}$", file.mode))
    ])
    error_message = "files must have paths of letters, digits and . _ - below /opt/terradev, and modes such as 0644."
  }

  validation {
    condition     = alltrue([for path in keys(var.files) : !startswith(path, "bin/terradev-")])
    error_message = "files must not take the place of the machine's own programs, bin/terradev-*."
  }
}

variable "start" {
  description = "File in bin/ that is started once the machine is prepared, or null."
  type        = string
  default     = null

  validation {
    # Goes into a shell script.
    condition     = var.start == null || can(regex("^[a-z][a-z0-9-]{0,63}$", var.start))
    error_message = "start must be the name of a file in bin/."
  }
}

variable "watch" {
  description = "File in bin/ that runs beside the job for as long as the machine does, and is started again when it ends; or null."
  type        = string
  default     = null

  validation {
    # Goes into a shell script.
    condition     = var.watch == null || can(regex("^[a-z][a-z0-9-]{0,63}$", var.watch))
    error_message = "watch must be the name of a file in bin/."
  }
}

variable "idle_minutes" {
  description = "Minutes of idle GPUs after which the machine terminates itself; 0 for never."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = var.idle_minutes >= 0 && var.idle_minutes <= 10080 && floor(var.idle_minutes) == var.idle_minutes
    error_message = "idle_minutes must be a whole number from 0 to 10080."
  }
}

variable "metrics_namespace" {
  description = "CloudWatch namespace that the machine sends its metrics to, or null for none."
  type        = string
  default     = null

  validation {
    condition     = var.metrics_namespace == null || can(regex("^[A-Za-z0-9_./#-]{1,255}$", var.metrics_namespace))
    error_message = "metrics_namespace must be 1 to 255 letters, digits and _ . / # -."
  }
}

variable "log_group" {
  description = "CloudWatch log group that /var/log/terradev goes to, or null for none."
  type        = string
  default     = null
}
