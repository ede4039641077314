variable "name" {
  description = "Prefix of the names of all resources. The group is called <name>-fleet and its lifecycle hook <name>-drain."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9-]{1,100}$", var.name))
    error_message = "name must be 1 to 100 letters, digits and hyphens."
  }
}

variable "region" {
  description = "Region of the fleet."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "region must be the code of an AWS region, such as us-east-1."
  }
}

variable "vpc_id" {
  description = "VPC of the security groups and the target group."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Subnets of the machines. More zones mean more spot capacity to choose from."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 1
    error_message = "subnet_ids must name at least one subnet."
  }
}

# The machines

variable "ami_id" {
  description = "Image that new machines boot."
  type        = string
  nullable    = false
}

variable "image_key" {
  description = "What the image was asked for by: an AMI id or the name of a parameter. Another key replaces the machines one after the other. Null: the AMI's id."
  type        = string
  default     = null
}

variable "instance_types" {
  description = "Types that a machine may have, the preferred first. On-demand machines take the first that AWS has, spot machines the one least likely to be taken away at a low price."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.instance_types) >= 1 && length(var.instance_types) <= 10 && length(distinct(var.instance_types)) == length(var.instance_types)
    error_message = "instance_types must name 1 to 10 different types."
  }

  validation {
    condition     = alltrue([for type in var.instance_types : can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", type))])
    error_message = "instance_types must look like g5.xlarge."
  }
}

variable "root_device_name" {
  description = "Device of the image's root volume."
  type        = string
  nullable    = false
  default     = "/dev/xvda"

  validation {
    condition     = can(regex("^/dev/[a-z0-9]{2,16}$", var.root_device_name))
    error_message = "root_device_name must look like /dev/xvda."
  }
}

variable "root_volume_gib" {
  description = "Size of each machine's encrypted gp3 root volume in GiB; at least the image's own size."
  type        = number
  nullable    = false

  validation {
    condition     = var.root_volume_gib >= 8 && var.root_volume_gib <= 16384 && floor(var.root_volume_gib) == var.root_volume_gib
    error_message = "root_volume_gib must be a whole number from 8 to 16384."
  }
}

variable "instance_profile" {
  description = "Name of the instance profile."
  type        = string
  nullable    = false
}

variable "public_address" {
  description = "Whether the machines have public addresses, which is their way out where there is no NAT."
  type        = bool
  nullable    = false
  default     = true
}

variable "metadata_hop_limit" {
  description = "Hops an answer of the metadata service may travel: 1 reaches processes on the machine, 2 also containers on a bridge network, which then can use the machine's role."
  type        = number
  nullable    = false
  default     = 1

  validation {
    condition     = contains([1, 2], var.metadata_hop_limit)
    error_message = "metadata_hop_limit must be 1 or 2."
  }
}

variable "detailed_monitoring" {
  description = "Whether CloudWatch gets the machines' metrics every minute instead of every five."
  type        = bool
  nullable    = false
  default     = true
}

variable "egress_ports" {
  description = "TCP ports of the internet that the machines may call."
  type        = set(number)
  nullable    = false
  default     = [80, 443]

  validation {
    condition     = alltrue([for port in var.egress_ports : port >= 1 && port <= 65535 && floor(port) == port])
    error_message = "egress_ports must be whole numbers from 1 to 65535."
  }
}

variable "user_data" {
  description = "The script of the first boot, such as module bootstrap makes. Machines that start later get the latest one."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.user_data, "#!") && length(base64gzip(var.user_data)) <= 21844
    error_message = "user_data must be a script of at most 16383 bytes when gzipped."
  }
}

variable "user_data_key" {
  description = "What user_data is for; another key replaces the machines one after the other, another user_data alone does not. Null: user_data itself, so that a moved deadline replaces them as well."
  type        = string
  default     = null
}

# How many

variable "min_size" {
  description = "Fewest machines. With 0 an idle fleet goes away, and only requests to its load balancer bring it back."
  type        = number
  nullable    = false

  validation {
    condition     = var.min_size >= 0 && floor(var.min_size) == var.min_size && var.min_size <= var.max_size
    error_message = "min_size must be a whole number from 0 to max_size."
  }
}

variable "max_size" {
  description = "Most machines; what the fleet can cost at worst."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_size >= 1 && var.max_size <= 100 && floor(var.max_size) == var.max_size
    error_message = "max_size must be a whole number from 1 to 100."
  }
}

variable "desired_size" {
  description = "Machines at the start. Afterwards the scaling policies decide, and another value here changes nothing."
  type        = number
  nullable    = false

  validation {
    condition     = floor(var.desired_size) == var.desired_size && var.desired_size >= var.min_size && var.desired_size <= var.max_size
    error_message = "desired_size must be a whole number from min_size to max_size."
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
  description = "Percentage of the machines beyond on_demand_base that is bought on demand."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = var.on_demand_percentage >= 0 && var.on_demand_percentage <= 100 && floor(var.on_demand_percentage) == var.on_demand_percentage
    error_message = "on_demand_percentage must be a whole number from 0 to 100."
  }
}

variable "metrics_namespace" {
  description = "CloudWatch namespace of GpuUtilization, which the machines send with the dimension AutoScalingGroupName. Null: GPUs do not scale the fleet."
  type        = string
  default     = null

  validation {
    condition     = var.metrics_namespace == null || can(regex("^[A-Za-z0-9_./#-]{1,255}$", var.metrics_namespace))
    error_message = "metrics_namespace must be 1 to 255 letters, digits and _ . / # -."
  }
}

variable "gpu_utilization_target" {
  description = "Average GPU utilization in percent that the fleet is scaled to, or null."
  type        = number
  default     = 70

  validation {
    condition     = var.gpu_utilization_target == null || try(var.gpu_utilization_target >= 1 && var.gpu_utilization_target <= 100, false)
    error_message = "gpu_utilization_target must be null or from 1 to 100."
  }
}

variable "cpu_utilization_target" {
  description = "Average CPU utilization in percent that the fleet is scaled to, or null. With both targets the fleet has as many machines as the more demanding one asks for."
  type        = number
  default     = null

  validation {
    condition     = var.cpu_utilization_target == null || try(var.cpu_utilization_target >= 1 && var.cpu_utilization_target <= 100, false)
    error_message = "cpu_utilization_target must be null or from 1 to 100."
  }
}

variable "warmup_seconds" {
  description = "Time a new machine has to load its model before its health and its metrics count."
  type        = number
  nullable    = false
  default     = 900

  validation {
    condition     = var.warmup_seconds >= 60 && var.warmup_seconds <= 7200 && floor(var.warmup_seconds) == var.warmup_seconds
    error_message = "warmup_seconds must be a whole number from 60 to 7200."
  }
}

variable "drain_seconds" {
  description = "Time a machine has to finish its work before it is terminated. A spot machine that AWS takes away has two minutes."
  type        = number
  nullable    = false
  default     = 120

  validation {
    # What a lifecycle hook and a target group both take.
    condition     = var.drain_seconds >= 30 && var.drain_seconds <= 3600 && floor(var.drain_seconds) == var.drain_seconds
    error_message = "drain_seconds must be a whole number from 30 to 3600."
  }
}

# How it is reached

variable "load_balancer" {
  description = "Load balancer in front of the machines, or null. subnet_ids are in two zones or more, port is where the machines listen, cidrs may connect; without certificate_arn it speaks plain HTTP."
  type = object({
    subnet_ids         = list(string)
    port               = optional(number, 8000)
    health_check_path  = optional(string, "/health")
    cidrs              = optional(list(string), [])
    allow_open_ingress = optional(bool, false)
    internal           = optional(bool, false)
    certificate_arn    = optional(string)
  })
  default = null

  validation {
    condition     = var.load_balancer == null || try(length(var.load_balancer.subnet_ids) >= 2, false)
    error_message = "load_balancer.subnet_ids must name at least two subnets, in different zones."
  }

  validation {
    condition     = var.load_balancer == null || try(var.load_balancer.port >= 1 && var.load_balancer.port <= 65535 && floor(var.load_balancer.port) == var.load_balancer.port, false)
    error_message = "load_balancer.port must be a whole number from 1 to 65535."
  }

  validation {
    condition     = var.load_balancer == null || try(can(regex("^/[A-Za-z0-9_./~?&=%-]{0,999}$", var.load_balancer.health_check_path)), false)
    error_message = "load_balancer.health_check_path must be a path such as /health."
  }

  validation {
    condition     = var.load_balancer == null || try(alltrue([for cidr in var.load_balancer.cidrs : can(cidrhost(cidr, 0)) && !strcontains(cidr, ":")]), false)
    error_message = "load_balancer.cidrs must be IPv4 ranges such as 203.0.113.0/24."
  }

  validation {
    # A range of another spelling, such as 1.2.3.4/0, is the whole internet too.
    condition     = var.load_balancer == null || try(var.load_balancer.allow_open_ingress || alltrue([for cidr in var.load_balancer.cidrs : tonumber(split("/", cidr)[1]) > 0]), false)
    error_message = "load_balancer.cidrs must not be the whole internet (0.0.0.0/0) unless load_balancer.allow_open_ingress is set."
  }
}

variable "tags" {
  description = "Tags of every resource, machines and volumes included, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
