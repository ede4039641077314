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

variable "tags" {
  description = "Tags of every resource, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
