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
  description = "How the capacity is bought: spot (cheaper, may be taken away with two minutes' notice) or on-demand."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["spot", "on-demand"], var.capacity)
    error_message = "capacity must be spot or on-demand."
  }
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

variable "expires_at" {
  description = "When the machine powers itself off, which terminates it: RFC 3339 in UTC with whole seconds. A moved schedule overrules it."
  type        = string
  nullable    = false

  validation {
    # Goes into a shell script.
    condition     = can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", var.expires_at)) && can(timeadd(var.expires_at, "0s"))
    error_message = "expires_at must be RFC 3339 in UTC with whole seconds, such as 2030-01-31T18:00:00Z."
  }
}

variable "deadline_schedule_name" {
  description = "Name of the EventBridge schedule (default group) that holds the deadline."
  type        = string
  nullable    = false

  validation {
    # Goes into a shell script.
    condition     = can(regex("^[0-9A-Za-z_.-]{1,64}$", var.deadline_schedule_name))
    error_message = "deadline_schedule_name must be 1 to 64 letters, digits and _ . -."
  }
}

variable "settings" {
  description = "What the machine is for; written to /etc/terradev/environment.json as it stands. Other settings replace the instance."
  type        = map(string)
  nullable    = false
  default     = {}

  validation {
    # EC2 takes 16 KB of user data; the script itself has about 4.
    condition     = length(base64encode(jsonencode(var.settings))) <= 8192
    error_message = "settings must not exceed 6 KB as JSON."
  }
}

variable "tags" {
  description = "Tags of every resource, the volume included, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
