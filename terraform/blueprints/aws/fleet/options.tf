variable "min_size" {
  description = "Fewest machines. With 0 an idle fleet goes away, and the first request that finds nobody brings it back."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = var.min_size >= 0 && floor(var.min_size) == var.min_size && var.min_size <= var.max_size
    error_message = "min_size must be a whole number from 0 to max_size."
  }
}

variable "max_size" {
  description = "Most machines; what the fleet can cost at worst."
  type        = number
  nullable    = false
  default     = 4

  validation {
    condition     = var.max_size >= 1 && var.max_size <= 100 && floor(var.max_size) == var.max_size
    error_message = "max_size must be a whole number from 1 to 100."
  }
}

variable "desired_size" {
  description = "Machines at the start. Afterwards the load decides."
  type        = number
  nullable    = false
  default     = 1

  validation {
    condition     = floor(var.desired_size) == var.desired_size && var.desired_size >= var.min_size && var.desired_size <= var.max_size
    error_message = "desired_size must be a whole number from min_size to max_size."
  }
}

variable "extra_instance_types" {
  description = "Further types that a machine may have, after instance_type in order of preference. More types mean more spot capacity."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = length(var.extra_instance_types) <= 9 && length(distinct(concat([var.instance_type], var.extra_instance_types))) == 1 + length(var.extra_instance_types) && alltrue([for type in var.extra_instance_types : can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", type))])
    error_message = "extra_instance_types must be at most 9 different types such as g5.xlarge, without instance_type itself."
  }
}

variable "on_demand_base" {
  description = "Machines that are bought on demand before any is bought on the spot market."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = var.on_demand_base >= 0 && var.on_demand_base <= 100 && floor(var.on_demand_base) == var.on_demand_base
    error_message = "on_demand_base must be a whole number from 0 to 100."
  }
}

variable "on_demand_percentage" {
  description = "Percentage of the machines beyond on_demand_base that is bought on demand. With capacity on-demand it is 100."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = var.on_demand_percentage >= 0 && var.on_demand_percentage <= 100 && floor(var.on_demand_percentage) == var.on_demand_percentage
    error_message = "on_demand_percentage must be a whole number from 0 to 100."
  }
}

variable "gpu_utilization_target" {
  description = "Average GPU utilization in percent that the fleet is scaled to."
  type        = number
  nullable    = false
  default     = 70

  validation {
    condition     = var.gpu_utilization_target >= 1 && var.gpu_utilization_target <= 100
    error_message = "gpu_utilization_target must be from 1 to 100."
  }
}

variable "image" {
  description = "Container image that each machine runs, or null: vLLM, which serves the model. An image in Amazon ECR needs its repository's permission for the machines' role."
  type        = string
  default     = null

  validation {
    condition     = var.image == null || can(regex("^[a-z0-9][A-Za-z0-9._/:@-]{0,254}$", var.image))
    error_message = "image must be the name of a container image, such as ghcr.io/example/worker:1."
  }

  validation {
    condition     = var.image != null || can(regex("^huggingface:[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?$", var.model))
    error_message = "Without image, model must be one of the Hugging Face hub, such as huggingface:Qwen/Qwen2.5-7B-Instruct."
  }

  validation {
    # Any image, as vLLM's too comes from the internet.
    condition     = (var.image == null || var.image != null) && (!var.private_subnets || var.nat_gateway || var.existing_network != null)
    error_message = "Machines in private_subnets reach their image and their Auto Scaling group only with nat_gateway."
  }
}

variable "command" {
  description = "Program and arguments instead of the image's own, or null. Taken literally; no shell reads it."
  type        = list(string)
  default     = null

  validation {
    condition     = var.command == null || try(length(var.command) > 0 && length(jsonencode(var.command)) <= 2048, false)
    error_message = "command must be null or a program with its arguments, at most 2048 characters as JSON."
  }
}

variable "port" {
  description = "Port on which the container answers HTTP."
  type        = number
  nullable    = false
  default     = 8000

  validation {
    condition     = var.port >= 1024 && var.port <= 65535 && floor(var.port) == var.port
    error_message = "port must be a whole number from 1024 to 65535."
  }
}

variable "health_check_path" {
  description = "Path that answers 200 when the container serves. A machine that does not is replaced."
  type        = string
  nullable    = false
  default     = "/health"

  validation {
    condition     = can(regex("^/[A-Za-z0-9_./~?&=%-]{0,999}$", var.health_check_path))
    error_message = "health_check_path must be a path such as /health."
  }
}

variable "allowed_cidrs" {
  description = "IPv4 ranges that may call the load balancer, which then has a public address. Empty: it is internal, and the VPC alone may."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = length(var.allowed_cidrs) <= 20 && length(distinct(var.allowed_cidrs)) == length(var.allowed_cidrs) && alltrue([for cidr in var.allowed_cidrs : can(cidrnetmask(cidr))])
    error_message = "allowed_cidrs must be at most 20 different ranges, such as 198.51.100.7/32."
  }

  validation {
    # Two halves are the whole, too.
    condition     = var.allow_open_ingress || alltrue([for cidr in var.allowed_cidrs : try(tonumber(split("/", cidr)[1]) >= 8, false)])
    error_message = "allowed_cidrs must not hold 0.0.0.0/0 or other ranges wider than a /8 unless allow_open_ingress is true."
  }
}

variable "allow_open_ingress" {
  description = "Accept 0.0.0.0/0 in allowed_cidrs."
  type        = bool
  nullable    = false
  default     = false
}

variable "certificate_arn" {
  description = "ACM certificate of the load balancer, or null: plain HTTP, which anybody on the way can read."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+$", var.certificate_arn))
    error_message = "certificate_arn must be the ARN of an ACM certificate."
  }
}
