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
    tags = merge(var.tags, {
      Name                    = var.name
      "terradev:installation" = var.installation
      "terradev:environment"  = var.environment
      "terradev:owner"        = var.owner
      "terradev:expires-at"   = var.expires_at
    })
  }
}

locals {
  # Buckets are unique in the world and roles in the account, so the name alone would collide with that of
  # another installation, environment or region.
  unique_name = "${var.name}-${substr(sha256(jsonencode([var.installation, var.environment, var.region])), 0, 10)}"

  # Fixed here, not passed on from one module to the next: the machine's role and its timer refer to the
  # schedule that terminates the machine, which would otherwise be a cycle.
  deadline_schedule_name = "${local.unique_name}-deadline"

  offered_zones = var.rehearsal ? ["${var.region}a", "${var.region}b"] : sort(distinct(flatten([
    # Local and Wavelength Zones (us-west-2-lax-1a) are offered too, but need opting in and lack much.
    for offerings in data.aws_ec2_instance_type_offerings.this : [
      for zone in offerings.locations : zone if can(regex("^${var.region}[a-z]$", zone))
    ]
  ])))

  availability_zones = length(var.availability_zones) > 0 ? var.availability_zones : slice(local.offered_zones, 0, min(2, length(local.offered_zones)))

  ami_id = coalesce(
    var.ami_id,
    var.rehearsal ? "ami-00000000000000000" : one(data.aws_ssm_parameter.ami[*].insecure_value),
  )
}

# Zones given by the user are taken at their word.
data "aws_ec2_instance_type_offerings" "this" {
  count = !var.rehearsal && length(var.availability_zones) == 0 ? 1 : 0

  location_type = "availability-zone"

  filter {
    name   = "instance-type"
    values = [var.instance_type]
  }

  lifecycle {
    postcondition {
      condition     = anytrue([for zone in self.locations : can(regex("^${var.region}[a-z]$", zone))])
      error_message = "AWS offers no ${var.instance_type} in any zone of ${var.region}. Choose another instance type or region."
    }
  }
}

data "aws_ssm_parameter" "ami" {
  count = !var.rehearsal && var.ami_id == null ? 1 : 0

  name = var.ami_ssm_parameter
}

module "network" {
  source = "../../../modules/aws/network"

  name               = local.unique_name
  region             = var.region
  availability_zones = local.availability_zones
}

module "storage" {
  source = "../../../modules/aws/storage"

  datasets_bucket_name = "${var.name}-datasets-${trimprefix(local.unique_name, "${var.name}-")}"
  outputs_bucket_name  = "${var.name}-outputs-${trimprefix(local.unique_name, "${var.name}-")}"
  force_destroy        = var.force_destroy
}

module "observability" {
  source = "../../../modules/aws/observability"

  name           = local.unique_name
  retention_days = var.log_retention_days
}

module "identity" {
  source = "../../../modules/aws/identity"

  name                   = local.unique_name
  environment            = var.environment
  region                 = var.region
  datasets_bucket_arn    = module.storage.datasets_bucket_arn
  outputs_bucket_arn     = module.storage.outputs_bucket_arn
  log_group_arn          = module.observability.log_group_arn
  deadline_schedule_name = local.deadline_schedule_name
}

module "gpu_instance" {
  source = "../../../modules/aws/gpu-instance"

  name                   = local.unique_name
  region                 = var.region
  vpc_id                 = module.network.vpc_id
  subnet_id              = module.network.public_subnet_ids[0]
  ami_id                 = local.ami_id
  image_key              = coalesce(var.ami_id, var.ami_ssm_parameter)
  instance_type          = var.instance_type
  capacity               = var.capacity
  root_volume_gib        = var.root_volume_gib
  instance_profile       = module.identity.instance_profile
  expires_at             = var.expires_at
  deadline_schedule_name = local.deadline_schedule_name

  settings = merge(
    {
      environment     = var.environment
      region          = var.region
      model           = var.model
      mode            = var.mode
      precision       = var.precision
      datasets_bucket = module.storage.datasets_bucket
      outputs_bucket  = module.storage.outputs_bucket
      log_group       = module.observability.log_group
    },
    var.dataset == null ? {} : { dataset = var.dataset },
  )
}

module "cost_guard" {
  source = "../../../modules/aws/cost-guard"

  name         = local.unique_name
  expires_at   = var.expires_at
  instance_id  = module.gpu_instance.instance_id
  instance_arn = module.gpu_instance.instance_arn
}
