variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  nullable    = false

  validation {
    # A role's name has at most 64 characters.
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,55}$", var.name))
    error_message = "name must be 1 to 55 letters, digits and _ + = , . @ -."
  }
}

variable "environment" {
  description = "Id of the environment; the machine may terminate only what is tagged terradev:environment with it."
  type        = string
  nullable    = false

  validation {
    # Inside a policy, ${...} would be a policy variable.
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$", var.environment))
    error_message = "environment must be 1 to 128 letters, digits and . _ -, starting with a letter or digit."
  }
}

variable "region" {
  description = "Region of the environment."
  type        = string
  nullable    = false
}

variable "datasets_bucket_arn" {
  description = "ARN of the bucket the machine reads."
  type        = string
  nullable    = false
}

variable "outputs_bucket_arn" {
  description = "ARN of the bucket the machine reads and writes."
  type        = string
  nullable    = false
}

variable "log_group_arn" {
  description = "ARN of the log group the machine writes to, without a trailing :*."
  type        = string
  nullable    = false
}

variable "deadline_schedule_name" {
  description = "Name of the schedule in the default group that ends the environment; the machine may read it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-Za-z_.-]{1,64}$", var.deadline_schedule_name))
    error_message = "deadline_schedule_name must be 1 to 64 letters, digits and _ . -."
  }
}

variable "tags" {
  description = "Tags of every resource, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
