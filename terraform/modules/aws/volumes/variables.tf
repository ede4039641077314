variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  nullable    = false

  validation {
    # A role's name has at most 64 characters.
    condition     = can(regex("^[A-Za-z0-9_.@-]{1,54}$", var.name))
    error_message = "name must be 1 to 54 letters, digits and _ . @ -."
  }
}

variable "region" {
  description = "Region of the volumes."
  type        = string
  nullable    = false
}

variable "volumes" {
  description = "Volumes by a short name of one's own."
  type = map(object({
    availability_zone = string
    size_gib          = number
    type              = optional(string, "gp3")
    iops              = optional(number)
    throughput        = optional(number)
    device_name       = optional(string, "/dev/sdf")
    snapshot_id       = optional(string)
  }))
  nullable = false

  validation {
    condition     = length(var.volumes) >= 1 && alltrue([for key in keys(var.volumes) : can(regex("^[a-z][a-z0-9-]{0,30}$", key))])
    error_message = "volumes must have at least one entry, with keys of 1 to 31 lower-case letters, digits and hyphens."
  }

  validation {
    condition     = alltrue([for volume in values(var.volumes) : volume.size_gib >= 1 && volume.size_gib <= 16384 && floor(volume.size_gib) == volume.size_gib])
    error_message = "volumes must have a size_gib that is a whole number from 1 to 16384."
  }

  validation {
    condition     = alltrue([for volume in values(var.volumes) : contains(["gp3", "io2", "st1"], volume.type)])
    error_message = "volumes must be of the type gp3, io2 or st1."
  }

  validation {
    condition = alltrue([for volume in values(var.volumes) :
      (volume.iops == null ? volume.type != "io2" : volume.type != "st1" && try(volume.iops >= 100 && volume.iops <= 64000, false)) &&
      (volume.throughput == null || try(volume.type == "gp3" && volume.throughput >= 125 && volume.throughput <= 1000, false))
    ])
    error_message = "volumes may set iops (100 to 64000) for gp3, must for io2, and may set throughput (125 to 1000 MiB/s) for gp3 alone."
  }

  validation {
    condition     = alltrue([for volume in values(var.volumes) : can(regex("^/dev/sd[f-p]$", volume.device_name))])
    error_message = "volumes must have a device_name from /dev/sdf to /dev/sdp, which AWS keeps for data volumes."
  }

  validation {
    condition     = alltrue([for volume in values(var.volumes) : volume.snapshot_id == null || can(regex("^snap-[0-9a-f]{8,17}$", volume.snapshot_id))])
    error_message = "volumes must have a snapshot_id like snap-0123456789abcdef0, or none."
  }
}

variable "attachments" {
  description = "Ids of the machines that get volumes, by the keys of volumes. Beside volumes and not in it, so that a machine may be told the id of its volume."
  type        = map(string)
  nullable    = false
  default     = {}

  validation {
    condition     = alltrue([for key in keys(var.attachments) : contains(keys(var.volumes), key)])
    error_message = "attachments must have keys of volumes only."
  }
}

variable "snapshots" {
  description = "Snapshots of all volumes: every interval_hours, the newest keep of them kept. Null: none."
  type = object({
    interval_hours = optional(number, 24)
    keep           = optional(number, 7)
  })
  default = {}

  validation {
    condition     = var.snapshots == null || try(contains([1, 2, 3, 4, 6, 8, 12, 24], var.snapshots.interval_hours), false)
    error_message = "snapshots.interval_hours must be 1, 2, 3, 4, 6, 8, 12 or 24."
  }

  validation {
    condition     = var.snapshots == null || try(var.snapshots.keep >= 1 && var.snapshots.keep <= 1000 && floor(var.snapshots.keep) == var.snapshots.keep, false)
    error_message = "snapshots.keep must be a whole number from 1 to 1000."
  }
}

variable "tags" {
  description = "Tags of every resource, beside the provider's default tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
