variable "name" {
  description = "Name of the repository."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]+([._-][a-z0-9]+)*$", var.name)) && length(var.name) >= 2 && length(var.name) <= 256
    error_message = "name must be 2 to 256 lower-case letters and digits, with single . _ - between them."
  }
}

variable "force_destroy" {
  description = "Whether destroy may delete a repository that still holds images. Off, destroy stops instead of losing them."
  type        = bool
  nullable    = false
  default     = false
}

variable "keep_tagged" {
  description = "How many of the newest images with a tag are kept."
  type        = number
  nullable    = false
  default     = 10

  validation {
    condition     = var.keep_tagged >= 1 && var.keep_tagged <= 1000 && floor(var.keep_tagged) == var.keep_tagged
    error_message = "keep_tagged must be a whole number from 1 to 1000."
  }
}

variable "keep_untagged" {
  description = "How many of the newest images without a tag are kept."
  type        = number
  nullable    = false
  default     = 3

  validation {
    condition     = var.keep_untagged >= 1 && var.keep_untagged <= 1000 && floor(var.keep_untagged) == var.keep_untagged
    error_message = "keep_untagged must be a whole number from 1 to 1000."
  }
}

variable "pull_role_arns" {
  description = "Roles that the repository itself lets pull, such as those of other accounts. Roles of this account may pull by their own policies."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for arn in var.pull_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$", arn))])
    error_message = "pull_role_arns must be ARNs of roles, such as arn:aws:iam::123456789012:role/puller."
  }
}

variable "tags" {
  description = "Tags of every resource, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
