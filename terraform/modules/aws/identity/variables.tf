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

variable "log_group_arns" {
  description = "ARNs of further log groups the machine writes to, without a trailing :*."
  type        = list(string)
  nullable    = false
  default     = []
}

variable "write_datasets" {
  description = "Whether the machine may add to the datasets bucket."
  type        = bool
  nullable    = false
  default     = false
}

variable "repository_arns" {
  description = "ARNs of the ECR repositories the machine pulls from; GitHub workflows push to them."
  type        = list(string)
  nullable    = false
  default     = []
}

variable "secret_names" {
  description = "Names of the secrets the machine reads."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    # Wildcards would open other secrets, and ${...} would be a policy variable.
    condition     = alltrue([for name in var.secret_names : can(regex("^[A-Za-z0-9/_+=.@-]{1,500}$", name))])
    error_message = "secret_names must be 1 to 500 letters, digits and / _ + = . @ -."
  }
}

variable "metrics_namespace" {
  description = "CloudWatch namespace the machine sends metrics to, or null for none."
  type        = string
  default     = null

  validation {
    condition     = var.metrics_namespace == null || can(regex("^[A-Za-z0-9_./#-]{1,255}$", var.metrics_namespace))
    error_message = "metrics_namespace must be 1 to 255 letters, digits and _ . / # -."
  }
}

variable "file_system" {
  description = "Whether the machine mounts the file system that file_system_arn names."
  type        = bool
  nullable    = false
  default     = false
}

variable "file_system_arn" {
  description = "ARN of the EFS file system that the machine mounts, or null."
  type        = string
  default     = null
}

variable "complete_lifecycle" {
  description = "Whether the machine may tell its Auto Scaling group that it has drained."
  type        = bool
  nullable    = false
  default     = false
}

variable "github" {
  description = "GitHub repository and branch whose workflows may push to repository_arns, add to the datasets and read the outputs through OpenID Connect, or null. An account has one provider for GitHub: provider_arn names it, or create_provider makes it."
  type = object({
    repository      = string
    branch          = optional(string, "main")
    create_provider = optional(bool, true)
    provider_arn    = optional(string)
  })
  default = null

  validation {
    # Goes into a condition in which * and ? would match other repositories.
    condition     = var.github == null || try(can(regex("^[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}$", var.github.repository)) && can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$", var.github.branch)), false)
    error_message = "github must have a repository such as owner/name and the name of a branch."
  }

  validation {
    condition     = var.github == null || try(var.github.create_provider || var.github.provider_arn != null, false)
    error_message = "github must name a provider_arn when it does not create_provider."
  }
}

variable "tags" {
  description = "Tags of every resource, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
