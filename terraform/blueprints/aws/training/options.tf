variable "data_volume_gib" {
  description = "Size of a further encrypted volume for data in GiB; 0 for none."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = var.data_volume_gib >= 0 && var.data_volume_gib <= 16384 && floor(var.data_volume_gib) == var.data_volume_gib
    error_message = "data_volume_gib must be a whole number from 0 to 16384."
  }
}

variable "image" {
  description = "Container image that trains, or null: built on the machine from the bundle's Dockerfile."
  type        = string
  default     = null

  validation {
    condition     = var.image == null || can(regex("^[a-z0-9][A-Za-z0-9._/:@-]{0,254}$", var.image))
    error_message = "image must be the name of a container image, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com/train:1."
  }
}

variable "command" {
  description = "Program and arguments that train, or null for the bundle's train.py. Taken literally; no shell reads it."
  type        = list(string)
  default     = null

  validation {
    condition     = var.command == null || try(length(var.command) > 0 && length(jsonencode(var.command)) <= 2048, false)
    error_message = "command must be null or a program with its arguments, at most 2048 characters as JSON."
  }
}

variable "container_registry" {
  description = "Make an ECR repository that the machine may pull from."
  type        = bool
  nullable    = false
  default     = false
}

variable "checkpoint_minutes" {
  description = "Minutes between copies of the checkpoints to the outputs bucket."
  type        = number
  nullable    = false
  default     = 15

  validation {
    condition     = var.checkpoint_minutes >= 1 && var.checkpoint_minutes <= 1440 && floor(var.checkpoint_minutes) == var.checkpoint_minutes
    error_message = "checkpoint_minutes must be a whole number from 1 to 1440."
  }
}

variable "resume" {
  description = "Go on from the last complete checkpoint in the outputs bucket."
  type        = bool
  nullable    = false
  default     = true
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

variable "github_repository" {
  description = "GitHub repository, owner/name, whose workflows may push images and datasets through OpenID Connect, or null."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}$", var.github_repository))
    error_message = "github_repository must look like owner/name."
  }
}

variable "github_branch" {
  description = "Branch of github_repository that may do so."
  type        = string
  nullable    = false
  default     = "main"

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$", var.github_branch))
    error_message = "github_branch must be the name of a branch."
  }
}

variable "github_provider_arn" {
  description = "ARN of the account's OpenID Connect provider for GitHub, of which there can be one only, or null to make it."
  type        = string
  default     = null

  validation {
    condition     = var.github_provider_arn == null || can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/", var.github_provider_arn))
    error_message = "github_provider_arn must be the ARN of an OpenID Connect provider."
  }
}

variable "data_feeds" {
  description = "Sources that are copied into the datasets bucket by schedule: kind http, s3 or hugging-face, location, and schedule such as rate(1 day)."
  type = map(object({
    kind     = string
    location = string
    schedule = optional(string, "rate(1 day)")
  }))
  nullable = false
  default  = {}

  validation {
    condition     = length(var.data_feeds) <= 20 && alltrue([for feed in values(var.data_feeds) : contains(["http", "s3", "hugging-face"], feed.kind)])
    error_message = "data_feeds must have at most 20 entries of kind http, s3 or hugging-face."
  }
}
