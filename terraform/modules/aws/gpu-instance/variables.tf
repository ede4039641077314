variable "name" {
  description = "Name of the instance and prefix of the names of all other resources."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) > 0 && length(var.name) <= 200
    error_message = "name must have 1 to 200 characters."
  }
}

variable "region" {
  description = "Region of the instance."
  type        = string
  nullable    = false

  validation {
    # Goes into a shell script.
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "region must be the code of an AWS region, such as us-east-1."
  }
}

variable "vpc_id" {
  description = "VPC of the security group."
  type        = string
  nullable    = false
}

variable "subnet_id" {
  description = "Subnet with a route to the internet."
  type        = string
  nullable    = false
}

variable "ami_id" {
  description = "Image to boot at creation. A later value alone does not replace the instance: see image_key."
  type        = string
  nullable    = false
}

variable "image_key" {
  description = "What the image was asked for by: an AMI id or the name of a parameter. Another key replaces the instance."
  type        = string
  nullable    = false
}

variable "instance_type" {
  description = "Instance type, such as g5.xlarge."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", var.instance_type))
    error_message = "instance_type must look like g5.xlarge."
  }
}

variable "capacity" {
  description = "How the capacity is bought: spot (cheaper, may be taken away with two minutes' notice), on-demand, or spot-with-fallback (spot unless spot_unavailable)."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["spot", "on-demand", "spot-with-fallback"], var.capacity)
    error_message = "capacity must be spot, on-demand or spot-with-fallback."
  }
}

variable "spot_unavailable" {
  description = "AWS refused the spot request: buy on demand what is spot-with-fallback."
  type        = bool
  nullable    = false
  default     = false
}

variable "instance_count" {
  description = "Number of instances; more than one share a cluster placement group and may talk to each other."
  type        = number
  nullable    = false
  default     = 1

  validation {
    condition     = var.instance_count >= 1 && var.instance_count <= 16 && floor(var.instance_count) == var.instance_count
    error_message = "instance_count must be a whole number from 1 to 16."
  }
}

variable "placement_group" {
  description = "Whether the instances share a cluster placement group. Null: when there are several."
  type        = bool
  default     = null
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

variable "root_volume_iops" {
  description = "Provisioned IOPS of the root volume, 3000 to 16000; null: the 3000 that gp3 has."
  type        = number
  default     = null

  validation {
    condition     = var.root_volume_iops == null || try(var.root_volume_iops >= 3000 && var.root_volume_iops <= 16000, false)
    error_message = "root_volume_iops must be null or from 3000 to 16000."
  }
}

variable "root_volume_throughput" {
  description = "Provisioned throughput of the root volume in MiB/s, 125 to 1000; null: the 125 that gp3 has."
  type        = number
  default     = null

  validation {
    condition     = var.root_volume_throughput == null || try(var.root_volume_throughput >= 125 && var.root_volume_throughput <= 1000, false)
    error_message = "root_volume_throughput must be null or from 125 to 1000."
  }
}

variable "data_volume_gib" {
  description = "Size of a further encrypted gp3 volume at /dev/sdf in GiB; 0 for none. It goes away with the instance."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = var.data_volume_gib >= 0 && var.data_volume_gib <= 16384 && floor(var.data_volume_gib) == var.data_volume_gib
    error_message = "data_volume_gib must be a whole number from 0 to 16384."
  }
}

variable "public_address" {
  description = "Whether the instances have public addresses, which is their way out where there is no NAT."
  type        = bool
  nullable    = false
  default     = true
}

variable "detailed_monitoring" {
  description = "Whether CloudWatch gets the instances' metrics every minute instead of every five."
  type        = bool
  nullable    = false
  default     = true
}

variable "user_data" {
  description = "The script of the first boot, such as module bootstrap makes."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.user_data, "#!") && length(base64gzip(var.user_data)) <= 21844
    error_message = "user_data must be a script of at most 16383 bytes when gzipped."
  }
}

variable "user_data_key" {
  description = "What user_data is for; another key replaces the instances, another user_data alone does not."
  type        = string
  nullable    = false
}

variable "ingress" {
  description = "TCP ports that are open to ranges of addresses, by a name for each. Empty: nobody can connect."
  type = map(object({
    port        = number
    cidrs       = list(string)
    description = string
  }))
  nullable = false
  default  = {}

  validation {
    condition     = alltrue([for rule in values(var.ingress) : rule.port >= 1 && rule.port <= 65535 && alltrue([for cidr in rule.cidrs : can(cidrhost(cidr, 0))])])
    error_message = "ingress must have ports from 1 to 65535 and ranges such as 203.0.113.0/24."
  }

  validation {
    # A range of another spelling, such as 1.2.3.4/0, is the whole internet too.
    condition     = var.allow_open_ingress || alltrue(flatten([for rule in values(var.ingress) : [for cidr in rule.cidrs : try(tonumber(split("/", cidr)[1]) > 0, false)]]))
    error_message = "ingress must not be open to the whole internet (0.0.0.0/0 or ::/0) unless allow_open_ingress is set."
  }
}

variable "allow_open_ingress" {
  description = "Let ingress be open to the whole internet."
  type        = bool
  nullable    = false
  default     = false
}

variable "root_volume_gib" {
  description = "Size of the encrypted gp3 root volume in GiB; at least the image's own size."
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

variable "egress_ports" {
  description = "TCP ports of the internet that the machine may call."
  type        = set(number)
  nullable    = false
  default     = [80, 443]

  validation {
    condition     = alltrue([for port in var.egress_ports : port >= 1 && port <= 65535])
    error_message = "egress_ports must be from 1 to 65535."
  }
}

variable "tags" {
  description = "Tags of every resource, the volume included, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
