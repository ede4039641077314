variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  nullable    = false

  validation {
    # A role's name has at most 64 characters; a log group takes no others of those a role takes.
    condition     = can(regex("^[A-Za-z0-9_.-]{1,54}$", var.name))
    error_message = "name must be 1 to 54 letters, digits and _ . -."
  }
}

variable "region" {
  description = "Region of the VPC; part of the endpoints' service names."
  type        = string
  nullable    = false
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC. Its subnets are 8 bits smaller."
  type        = string
  nullable    = false
  default     = "10.0.0.0/16"

  validation {
    # A subnet is at least a /28, and number 16 has to exist.
    condition     = can(cidrsubnet(var.vpc_cidr, 8, 16)) && try(tonumber(split("/", var.vpc_cidr)[1]), 0) >= 16 && try(tonumber(split("/", var.vpc_cidr)[1]), 99) <= 20
    error_message = "vpc_cidr must be an IPv4 range between /16 and /20, such as 10.0.0.0/16."
  }
}

variable "availability_zones" {
  description = "Zones that get one public and one private subnet each, in order of preference."
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

variable "nat_gateway" {
  description = "Whether private subnets reach the internet, through one NAT gateway in the first public subnet. About 36.50 USD a month with its address, and 0.045 USD per GB (list price us-east-1, general knowledge of 2025)."
  type        = bool
  nullable    = false
  default     = false
}

variable "ssm_endpoints" {
  description = "Whether private subnets reach Systems Manager without the internet, through three interface endpoints. About 22 USD a month per zone (list price us-east-1, general knowledge of 2025)."
  type        = bool
  nullable    = false
  default     = false
}

variable "flow_logs" {
  description = "Whether accepted and rejected connections of the VPC are logged to CloudWatch."
  type        = bool
  nullable    = false
  default     = true
}

variable "flow_log_retention_days" {
  description = "Days that flow logs are kept."
  type        = number
  nullable    = false
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_log_retention_days)
    error_message = "flow_log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "existing_network" {
  description = "A VPC to use as it is, with its subnets in order of preference. Nothing is created then, whatever the other variables say. Null: a new VPC."
  type = object({
    vpc_id             = string
    vpc_cidr           = string
    public_subnet_ids  = optional(list(string), [])
    private_subnet_ids = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.existing_network == null || can(regex("^vpc-[0-9a-f]{8,17}$", var.existing_network.vpc_id))
    error_message = "existing_network.vpc_id must look like vpc-0123456789abcdef0."
  }

  validation {
    condition     = var.existing_network == null || can(cidrnetmask(var.existing_network.vpc_cidr))
    error_message = "existing_network.vpc_cidr must be an IPv4 range, such as 10.0.0.0/16."
  }

  validation {
    condition = var.existing_network == null || try(
      length(concat(var.existing_network.public_subnet_ids, var.existing_network.private_subnet_ids)) > 0 &&
      alltrue([for id in concat(var.existing_network.public_subnet_ids, var.existing_network.private_subnet_ids) : can(regex("^subnet-[0-9a-f]{8,17}$", id))]),
      false
    )
    error_message = "existing_network must name at least one subnet, and each must look like subnet-0123456789abcdef0."
  }

  validation {
    condition = var.existing_network == null || try(
      length(distinct(concat(var.existing_network.public_subnet_ids, var.existing_network.private_subnet_ids))) == length(concat(var.existing_network.public_subnet_ids, var.existing_network.private_subnet_ids)),
      false
    )
    error_message = "existing_network must not name a subnet twice."
  }
}

variable "tags" {
  description = "Tags of every resource, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
