variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) > 0
    error_message = "name must not be empty."
  }
}

variable "region" {
  description = "Region of the VPC; part of the S3 endpoint's service name."
  type        = string
  nullable    = false
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC. Its subnets are 8 bits smaller."
  type        = string
  nullable    = false
  default     = "10.0.0.0/16"

  validation {
    # A subnet is at least a /28, and number 6 has to exist.
    condition     = can(cidrsubnet(var.vpc_cidr, 8, 6)) && try(tonumber(split("/", var.vpc_cidr)[1]), 0) >= 16 && try(tonumber(split("/", var.vpc_cidr)[1]), 99) <= 20
    error_message = "vpc_cidr must be an IPv4 range between /16 and /20, such as 10.0.0.0/16."
  }
}

variable "availability_zones" {
  description = "Zones that get one public subnet each, in order of preference."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.availability_zones) >= 1 && length(var.availability_zones) <= 6
    error_message = "availability_zones must name 1 to 6 zones."
  }

  validation {
    condition     = length(distinct(var.availability_zones)) == length(var.availability_zones)
    error_message = "availability_zones must not name a zone twice."
  }
}

variable "tags" {
  description = "Tags of every resource, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
