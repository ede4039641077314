variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{1,60}$", var.name))
    error_message = "name must be 1 to 60 letters, digits and _ . -."
  }
}

variable "vpc_id" {
  description = "VPC of the mount targets' security group."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Subnets that get a mount target each. AWS takes one per zone."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 1 && length(var.subnet_ids) <= 6
    error_message = "subnet_ids must name 1 to 6 subnets."
  }
}

variable "client_security_group_ids" {
  description = "Security groups whose machines may mount the file system. Their own egress rules must let TCP 2049 out."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.client_security_group_ids) >= 1
    error_message = "client_security_group_ids must name at least one security group, or nobody could mount the file system."
  }
}

variable "throughput_mode" {
  description = "elastic (grows with the load, paid by the GB read and written) or bursting (grows with the size, included)."
  type        = string
  nullable    = false
  default     = "elastic"

  validation {
    condition     = contains(["elastic", "bursting"], var.throughput_mode)
    error_message = "throughput_mode must be elastic or bursting."
  }
}

variable "backups" {
  description = "Whether AWS Backup keeps daily copies for 35 days."
  type        = bool
  nullable    = false
  default     = true
}

variable "tags" {
  description = "Tags of every resource, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
