variable "jupyter" {
  description = "Run JupyterLab, port 8888."
  type        = bool
  nullable    = false
  default     = true

  validation {
    condition     = !((var.jupyter || var.tensorboard) && var.private_subnets && !var.nat_gateway && var.existing_network == null)
    error_message = "jupyter and tensorboard are installed from the internet, which private_subnets reach only with nat_gateway. Turn it on, or both off."
  }
}

variable "tensorboard" {
  description = "Run TensorBoard over /data/runs, port 6006. It asks nobody for a password."
  type        = bool
  nullable    = false
  default     = true
}

variable "allowed_cidrs" {
  description = "IPv4 ranges that may connect to JupyterLab, TensorBoard and, with ssh_public_key, SSH. Empty: nobody; both listen on 127.0.0.1 and are reached through Session Manager."
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

variable "ssh_public_key" {
  description = "Public key that may log in over SSH, in OpenSSH's format, or null."
  type        = string
  default     = null

  validation {
    condition     = var.ssh_public_key == null || try(length(var.ssh_public_key), 0) <= 2048 && can(regex("^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\\.com|sk-ecdsa-sha2-nistp256@openssh\\.com) [A-Za-z0-9+/]{40,}={0,3}( [A-Za-z0-9 _.:@+-]{1,128})?$", var.ssh_public_key))
    error_message = "ssh_public_key must be one line as ssh-keygen writes it: ssh-ed25519 AAAA... comment."
  }
}

variable "data_volume_gib" {
  description = "Size of the encrypted volume at /data, which outlives a replaced machine. 0: none; /data is then on the root volume."
  type        = number
  nullable    = false
  default     = 100

  validation {
    condition     = var.data_volume_gib >= 0 && var.data_volume_gib <= 16384 && floor(var.data_volume_gib) == var.data_volume_gib
    error_message = "data_volume_gib must be a whole number from 0 to 16384."
  }
}

variable "snapshots" {
  description = "Take a snapshot of the data volume each day and keep seven. Snapshots outlive the environment."
  type        = bool
  nullable    = false
  default     = true
}

variable "idle_minutes" {
  description = "Minutes without work on the GPUs and without anybody logged in after which the machine ends itself. 0: never."
  type        = number
  nullable    = false
  default     = 60

  validation {
    condition     = var.idle_minutes >= 0 && var.idle_minutes <= 10080 && floor(var.idle_minutes) == var.idle_minutes
    error_message = "idle_minutes must be a whole number from 0 to 10080."
  }
}

variable "file_system" {
  description = "Mount an EFS file system at /shared."
  type        = bool
  nullable    = false
  default     = false
}
