# What the environment is called and whose it is

variable "name" {
  description = "Name of the environment; the names of all its resources start with it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 32 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }

  validation {
    # Amazon S3 keeps these prefixes of bucket names for itself.
    condition     = !can(regex("^(xn--|sthree-|amzn-s3-demo-)", var.name))
    error_message = "name must not start with xn--, sthree- or amzn-s3-demo-, which Amazon S3 reserves."
  }
}

variable "installation" {
  description = "Id of the Terradev installation that owns the environment."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$", var.installation))
    error_message = "installation must be 1 to 128 letters, digits and . _ -, starting with a letter or digit."
  }
}

variable "environment" {
  description = "Id of the environment, unique within the installation."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$", var.environment))
    error_message = "environment must be 1 to 128 letters, digits and . _ -, starting with a letter or digit."
  }
}

variable "owner" {
  description = "Who answers for the environment and its cost, such as an e-mail address."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\p{L}\\p{N} _.:/=+@-]{1,256}$", var.owner))
    error_message = "owner must be 1 to 256 letters, digits, spaces and _ . : / = + - @, which is all that AWS takes in a tag."
  }
}

variable "expires_at" {
  description = "When the machine is terminated, whoever is there: RFC 3339 in UTC with whole seconds, such as 2030-01-31T18:00:00Z."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", var.expires_at)) && can(timeadd(var.expires_at, "0s"))
    error_message = "expires_at must be RFC 3339 in UTC with whole seconds, such as 2030-01-31T18:00:00Z."
  }
}

variable "max_runtime_hours" {
  description = "Hours that a machine may run, whatever became of the deadline: an hourly check terminates older ones, and an alarm tells of them."
  type        = number
  nullable    = false
  default     = 720

  validation {
    condition     = var.max_runtime_hours > 0 && var.max_runtime_hours <= 8760
    error_message = "max_runtime_hours must be more than 0 and at most 8760."
  }
}

variable "tags" {
  description = "More tags for every resource."
  type        = map(string)
  nullable    = false
  default     = {}

  validation {
    condition     = length(var.tags) <= 40
    error_message = "tags must not have more than 40 entries: AWS takes 50, and Terradev adds its own."
  }

  validation {
    condition     = alltrue([for key, value in var.tags : can(regex("^[\\p{L}\\p{N} _.:/=+@-]{1,128}$", key)) && can(regex("^[\\p{L}\\p{N} _.:/=+@-]{0,256}$", value))])
    error_message = "tags must have keys of 1 to 128 and values of up to 256 letters, digits, spaces and _ . : / = + - @, which is all that AWS takes."
  }

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:") && !startswith(lower(key), "terradev:") && lower(key) != "name"])
    error_message = "tags must not use the key Name or keys that start with aws: or terradev:."
  }

  validation {
    # IAM compares tag keys without regard to case.
    condition     = length(distinct([for key in keys(var.tags) : lower(key)])) == length(var.tags)
    error_message = "tags must not have two keys that differ only in case."
  }
}

# The machine

variable "region" {
  description = "AWS region, such as us-east-1."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "region must be the code of an AWS region, such as us-east-1."
  }
}

variable "availability_zones" {
  description = "One or two zones of the region, the machine's first. Empty: the first two that offer the instance type."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = length(var.availability_zones) <= 2 && length(distinct(var.availability_zones)) == length(var.availability_zones)
    error_message = "availability_zones must name at most two different zones."
  }

  validation {
    condition     = alltrue([for zone in var.availability_zones : can(regex("^[a-z0-9-]+$", zone)) && startswith(zone, var.region)])
    error_message = "availability_zones must be zones of the region, such as us-east-1a in us-east-1."
  }
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
  description = "How the machine is bought: spot (cheaper, may be taken away with two minutes' notice), on-demand, or spot-with-fallback (spot, and on-demand once spot_unavailable says that there is none)."
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

variable "root_volume_gib" {
  description = "Size of the root volume in GiB; at least the image's own size."
  type        = number
  nullable    = false

  validation {
    condition     = var.root_volume_gib >= 8 && var.root_volume_gib <= 16384 && floor(var.root_volume_gib) == var.root_volume_gib
    error_message = "root_volume_gib must be a whole number from 8 to 16384."
  }
}

variable "ami_id" {
  description = "Image to boot. Null: the one that ami_ssm_parameter names when the machine is created."
  type        = string
  default     = null

  validation {
    condition     = var.ami_id == null || can(regex("^ami-[0-9a-f]{8,17}$", var.ami_id))
    error_message = "ami_id must look like ami-0123456789abcdef0."
  }
}

variable "ami_ssm_parameter" {
  description = "Public Systems Manager parameter that names the image. The default has the open NVIDIA driver for x86-64; g5g needs the arm64 one, and p3 (Volta) an image with the proprietary driver."
  type        = string
  nullable    = false
  default     = "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id"

  validation {
    condition     = can(regex("^/[A-Za-z0-9_./-]{1,1000}$", var.ami_ssm_parameter))
    error_message = "ami_ssm_parameter must be the path of a parameter, such as /aws/service/.../ami-id."
  }
}

# The job

variable "model" {
  description = "Model the environment is for, such as huggingface:google-bert/bert-base-uncased. Taken literally."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.model) >= 1 && length(var.model) <= 512
    error_message = "model must have 1 to 512 characters."
  }
}

variable "dataset" {
  description = "Dataset the environment is for, such as huggingface:stanfordnlp/imdb, or null. Taken literally."
  type        = string
  default     = null

  validation {
    condition     = var.dataset == null || try(length(var.dataset) >= 1 && length(var.dataset) <= 512, false)
    error_message = "dataset must be null or have 1 to 512 characters."
  }
}

variable "mode" {
  description = "What is done with the model: inference, full (training), lora or qlora."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["inference", "full", "lora", "qlora"], var.mode)
    error_message = "mode must be inference, full, lora or qlora."
  }
}

variable "precision" {
  description = "Number format of the weights: fp32, bf16, fp16, int8, int4, fp8 or fp4."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["fp32", "bf16", "fp16", "int8", "int4", "fp8", "fp4"], var.precision)
    error_message = "precision must be fp32, bf16, fp16, int8, int4, fp8 or fp4."
  }
}

# How long things are kept

variable "force_destroy" {
  description = "Whether destroy may delete buckets that still hold objects."
  type        = bool
  nullable    = false
  default     = false
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  nullable    = false
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

# What may be switched on and off

variable "private_subnets" {
  description = "Run without a public address in the private subnets. Without a NAT gateway only S3 and Systems Manager are reached, so that model, data and packages must come from the buckets."
  type        = bool
  nullable    = false
  default     = false
}

variable "nat_gateway" {
  description = "Let the private subnets call the internet: about 33 USD a month and 0.045 USD per GB (list price of us-east-1, general knowledge of 2025), with or without a machine."
  type        = bool
  nullable    = false
  default     = false
}

variable "existing_network" {
  description = "Use a VPC that is there already instead of making one; its subnets need the routes that the environment needs."
  type = object({
    vpc_id             = string
    vpc_cidr           = string
    public_subnet_ids  = list(string)
    private_subnet_ids = list(string)
  })
  default = null

  validation {
    condition = var.existing_network == null || try(
      can(regex("^vpc-[0-9a-f]{8,17}$", var.existing_network.vpc_id)) && can(cidrhost(var.existing_network.vpc_cidr, 0))
      && alltrue([for id in concat(var.existing_network.public_subnet_ids, var.existing_network.private_subnet_ids) : can(regex("^subnet-[0-9a-f]{8,17}$", id))]),
    false)
    error_message = "existing_network must have a vpc_id such as vpc-0123456789abcdef0, its vpc_cidr, and ids of subnets."
  }

  validation {
    condition     = var.existing_network == null || try(length(var.private_subnets ? var.existing_network.private_subnet_ids : var.existing_network.public_subnet_ids) > 0, false)
    error_message = "existing_network must name a subnet of the kind that private_subnets asks for."
  }
}

variable "flow_logs" {
  description = "Log the accepted and refused connections of the VPC."
  type        = bool
  nullable    = false
  default     = true
}

variable "budget_usd" {
  description = "AWS budget of a year over the environment's tag in USD, told at 50, 80 and 100 %, or null. AWS counts by tag only once terradev:environment is activated as a cost allocation tag."
  type        = number
  default     = null

  validation {
    condition     = var.budget_usd == null || try(var.budget_usd > 0 && var.budget_usd <= 1000000, false)
    error_message = "budget_usd must be null or more than 0 and at most 1000000."
  }
}

variable "notification_emails" {
  description = "Who is told of alarms and budgets; each address confirms its subscription once."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = length(var.notification_emails) <= 10 && alltrue([for address in var.notification_emails : can(regex("^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\\.[A-Za-z]{2,24}$", address))])
    error_message = "notification_emails must be at most 10 e-mail addresses."
  }
}

variable "hub_token" {
  description = "Make a secret for the model hub's token, which the machine reads. Its value is put there by hand, never by Terraform."
  type        = bool
  nullable    = false
  default     = false
}

variable "alarms" {
  description = "Make alarms of the machine's metrics; they tell the notification topic."
  type        = bool
  nullable    = false
  default     = true
}

variable "runtime_check" {
  description = "Check each hour, from outside the machine, that nothing runs past its deadline or max_runtime_hours."
  type        = bool
  nullable    = false
  default     = true
}

variable "datasets_archive_days" {
  description = "Days after which datasets move to Glacier; 0 keeps them where they are. Archived objects must be restored before they are read."
  type        = number
  nullable    = false
  default     = 90

  validation {
    condition     = var.datasets_archive_days >= 0 && var.datasets_archive_days <= 3650 && floor(var.datasets_archive_days) == var.datasets_archive_days
    error_message = "datasets_archive_days must be a whole number from 0 to 3650."
  }
}

# How AWS is reached

variable "rehearsal" {
  description = "Plan without credentials and without a network: zones and image are placeholders. Such a plan must not be applied."
  type        = bool
  nullable    = false
  default     = false
}

variable "s3_use_path_style" {
  description = "Address buckets by path instead of host name, as S3-compatible endpoints need it."
  type        = bool
  nullable    = false
  default     = false
}
