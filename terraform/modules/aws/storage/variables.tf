variable "datasets_bucket_name" {
  description = "Globally unique name of the bucket that datasets are read from."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.datasets_bucket_name))
    error_message = "datasets_bucket_name must be 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "outputs_bucket_name" {
  description = "Globally unique name of the bucket that checkpoints and results are written to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.outputs_bucket_name))
    error_message = "outputs_bucket_name must be 3 to 63 lower-case letters, digits and hyphens."
  }

  validation {
    condition     = var.outputs_bucket_name != var.datasets_bucket_name
    error_message = "outputs_bucket_name must differ from datasets_bucket_name."
  }
}

variable "force_destroy" {
  description = "Whether destroy may delete buckets that still hold objects, with all versions. Off, destroy stops instead of losing data."
  type        = bool
  nullable    = false
  default     = false
}

variable "datasets_archive_days" {
  description = "Days after which datasets move to Glacier; 0 for never. Archived objects must be restored before they are read."
  type        = number
  nullable    = false
  default     = 90

  validation {
    condition     = var.datasets_archive_days >= 0 && var.datasets_archive_days <= 3650 && floor(var.datasets_archive_days) == var.datasets_archive_days
    error_message = "datasets_archive_days must be a whole number from 0 to 3650."
  }
}

variable "outputs_tiering_days" {
  description = "Days after which outputs move to Intelligent-Tiering; 0 for never."
  type        = number
  nullable    = false
  default     = 30

  validation {
    condition     = var.outputs_tiering_days >= 0 && var.outputs_tiering_days <= 3650 && floor(var.outputs_tiering_days) == var.outputs_tiering_days
    error_message = "outputs_tiering_days must be a whole number from 0 to 3650."
  }
}

variable "outputs_archive_days" {
  description = "Days after which outputs move to Glacier; 0 for never."
  type        = number
  nullable    = false
  default     = 180

  validation {
    condition     = var.outputs_archive_days == 0 || (var.outputs_archive_days > var.outputs_tiering_days && var.outputs_archive_days <= 3650 && floor(var.outputs_archive_days) == var.outputs_archive_days)
    error_message = "outputs_archive_days must be 0 or a whole number of up to 3650, more than outputs_tiering_days."
  }
}

variable "noncurrent_archive_days" {
  description = "Days after which replaced and deleted versions move to Glacier Instant Retrieval; 0 for never."
  type        = number
  nullable    = false
  default     = 30

  validation {
    condition     = var.noncurrent_archive_days >= 0 && var.noncurrent_archive_days <= 3650 && floor(var.noncurrent_archive_days) == var.noncurrent_archive_days
    error_message = "noncurrent_archive_days must be a whole number from 0 to 3650."
  }
}

variable "noncurrent_expire_days" {
  description = "Days after which replaced and deleted versions are gone for good; 0 for never."
  type        = number
  nullable    = false
  default     = 365

  validation {
    condition     = var.noncurrent_expire_days == 0 || (var.noncurrent_expire_days > var.noncurrent_archive_days && var.noncurrent_expire_days <= 3650 && floor(var.noncurrent_expire_days) == var.noncurrent_expire_days)
    error_message = "noncurrent_expire_days must be 0 or a whole number of up to 3650, more than noncurrent_archive_days."
  }
}

variable "replication" {
  description = "Versioned buckets, usually in another region, that new objects are copied to, or null; one bucket for each that is to be copied."
  type = object({
    datasets_bucket_arn = optional(string)
    outputs_bucket_arn  = optional(string)
  })
  default = null

  validation {
    condition     = var.replication == null || try(length(compact(values(var.replication))) > 0 && alltrue([for arn in compact(values(var.replication)) : can(regex("^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", arn))]) && length(distinct(compact(values(var.replication)))) == length(compact(values(var.replication))), false)
    error_message = "replication must name one or two different buckets by their ARN."
  }
}

variable "tags" {
  description = "Tags of every resource, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
