module "network" {
  source = "../../../modules/aws/network"

  name               = local.unique_name
  region             = var.region
  availability_zones = local.availability_zones
  tags               = local.tags
}

module "storage" {
  source = "../../../modules/aws/storage"

  datasets_bucket_name = "${var.name}-datasets-${local.suffix}"
  outputs_bucket_name  = "${var.name}-outputs-${local.suffix}"
  force_destroy        = var.force_destroy
  tags                 = local.tags
}

module "observability" {
  source = "../../../modules/aws/observability"

  name           = local.unique_name
  retention_days = var.log_retention_days
  tags           = local.tags
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
  tags                   = local.tags
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

  tags = local.tags
}

module "cost_guard" {
  source = "../../../modules/aws/cost-guard"

  name         = local.unique_name
  expires_at   = var.expires_at
  instance_id  = module.gpu_instance.instance_id
  instance_arn = module.gpu_instance.instance_arn
  tags         = local.tags
}
