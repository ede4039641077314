variable "name" {
  description = "Name of the log group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_./#-]{1,512}$", var.name))
    error_message = "name must be 1 to 512 letters, digits and _ . / # -."
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

variable "tags" {
  description = "Tags of every resource, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
