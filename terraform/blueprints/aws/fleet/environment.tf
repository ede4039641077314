provider "aws" {
  region            = var.region
  s3_use_path_style = var.s3_use_path_style

  # A rehearsal plans without an account and without a network, so nothing may be asked.
  access_key                  = var.rehearsal ? "rehearsal" : null
  secret_key                  = var.rehearsal ? "rehearsal" : null
  skip_credentials_validation = var.rehearsal
  skip_metadata_api_check     = var.rehearsal
  skip_region_validation      = var.rehearsal
  skip_requesting_account_id  = var.rehearsal

  default_tags {
    tags = local.tags
  }
}

locals {
  # Default tags reach what a module forgets. Modules get the same tags nevertheless: the provider drops a default
  # tag from the root volume when its value changes.
  tags = merge(var.tags, {
    Name                    = var.name
    "terradev:installation" = var.installation
    "terradev:environment"  = var.environment
    "terradev:owner"        = var.owner
    "terradev:expires-at"   = var.expires_at
  })

  # Buckets are unique in the world and roles in the account, so the name alone would collide with that of
  # another installation, environment or region.
  suffix      = substr(sha256(jsonencode([var.installation, var.environment, var.region])), 0, 10)
  unique_name = "${var.name}-${local.suffix}"

  # Fixed here, not passed on from one module to the next: the machine's role and its timer refer to the
  # schedule that terminates the machine, which would otherwise be a cycle.
  deadline_schedule_name = "${local.unique_name}-deadline"

  # Local and Wavelength Zones (us-west-2-lax-1a) are offered too, but need opting in and lack much.
  offered_zones = sort(distinct([
    for zone in flatten(data.aws_ec2_instance_type_offerings.this[*].locations) : zone if can(regex("^${var.region}[a-z]$", zone))
  ]))

  # The last resort serves rehearsals, and a destroy after AWS withdrew the type. A plan to create anything stops at
  # the postcondition below.
  candidate_zones    = coalescelist(var.availability_zones, local.offered_zones, ["${var.region}a", "${var.region}b"])
  availability_zones = slice(local.candidate_zones, 0, min(2, length(local.candidate_zones)))

  ami_id = coalesce(
    var.ami_id,
    var.rehearsal ? "ami-00000000000000000" : one(data.aws_ssm_parameter.ami[*].insecure_value),
  )
}

data "aws_ec2_instance_type_offerings" "this" {
  count = var.rehearsal ? 0 : 1

  location_type = "availability-zone"

  filter {
    name   = "instance-type"
    values = [var.instance_type]
  }

  lifecycle {
    postcondition {
      condition     = anytrue([for zone in self.locations : length(var.availability_zones) > 0 ? zone == var.availability_zones[0] : can(regex("^${var.region}[a-z]$", zone))])
      error_message = "AWS offers no ${var.instance_type} in ${try(var.availability_zones[0], "any zone of ${var.region}")}. Choose another instance type, zone or region."
    }
  }
}

data "aws_ssm_parameter" "ami" {
  count = !var.rehearsal && var.ami_id == null ? 1 : 0

  name = var.ami_ssm_parameter
}
