variable "name" {
  description = "Prefix of the names of all resources; the schedule is named <name>-deadline."
  type        = string
  nullable    = false

  validation {
    # Roles and schedules have at most 64 characters.
    condition     = can(regex("^[0-9A-Za-z_.-]{1,55}$", var.name))
    error_message = "name must be 1 to 55 letters, digits and _ . -."
  }
}

variable "expires_at" {
  description = "When the instance is terminated: RFC 3339 in UTC with whole seconds, such as 2030-01-31T18:00:00Z."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", var.expires_at)) && can(timeadd(var.expires_at, "0s"))
    error_message = "expires_at must be RFC 3339 in UTC with whole seconds, such as 2030-01-31T18:00:00Z."
  }
}

variable "instance_id" {
  description = "Id of the instance."
  type        = string
  nullable    = false
}

variable "instance_arn" {
  description = "ARN of the instance."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource that takes tags, beside the provider's default tags. Schedules take none."
  type        = map(string)
  nullable    = false
  default     = {}
}
