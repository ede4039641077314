variable "name" {
  description = "First part of the names of all secrets: <name>/<key>."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=.@-]{1,128}$", var.name))
    error_message = "name must be 1 to 128 letters, digits and _ + = . @ -."
  }
}

variable "secrets" {
  description = "What each secret is for, by its key. Values are never given here: they would stand in plans and state."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.secrets) : can(regex("^[a-z][a-z0-9-]{0,30}$", key))])
    error_message = "secrets must have keys of 1 to 31 lower-case letters, digits and hyphens, starting with a letter."
  }

  validation {
    condition     = alltrue([for description in values(var.secrets) : try(length(description) >= 1 && length(description) <= 2048, false)])
    error_message = "secrets must have descriptions of 1 to 2048 characters."
  }
}

variable "reader_role_arns" {
  description = "The only roles that may read the values. They need the permission in their own policies too."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.reader_role_arns) >= 1
    error_message = "reader_role_arns must name at least one role, or nobody could read the secrets."
  }

  validation {
    # With a wildcard the refusal would spare whomever it matches.
    condition     = alltrue([for arn in var.reader_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$", arn))])
    error_message = "reader_role_arns must be ARNs of roles, such as arn:aws:iam::123456789012:role/reader."
  }
}

variable "tags" {
  description = "Tags of every resource, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
