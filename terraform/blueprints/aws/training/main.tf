locals {
  metrics_namespace = "Terradev/${local.unique_name}"
  secrets           = var.hub_token ? { hub-token = "Token of the model hub" } : {}

  # An image of this or another account's registry is pulled with the machine's role.
  ecr = try(regex("^(?P<account>[0-9]{12})\\.dkr\\.ecr\\.(?P<region>[a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/(?P<name>[a-z0-9._/-]+)(?:[:@]|$)", var.image), null)
  image_repository_arns = local.ecr == null ? [] : [
    "arn:${startswith(local.ecr.region, "cn-") ? "aws-cn" : startswith(local.ecr.region, "us-gov-") ? "aws-us-gov" : "aws"}:ecr:${local.ecr.region}:${local.ecr.account}:repository/${local.ecr.name}",
  ]
}

module "network" {
  source = "../../../modules/aws/network"

  name                    = local.unique_name
  region                  = var.region
  availability_zones      = local.availability_zones
  nat_gateway             = var.nat_gateway
  ssm_endpoints           = var.private_subnets && !var.nat_gateway
  flow_logs               = var.flow_logs
  flow_log_retention_days = var.log_retention_days
  existing_network        = var.existing_network
  tags                    = local.tags
}

module "storage" {
  source = "../../../modules/aws/storage"

  datasets_bucket_name  = "${var.name}-datasets-${local.suffix}"
  outputs_bucket_name   = "${var.name}-outputs-${local.suffix}"
  datasets_archive_days = var.datasets_archive_days
  force_destroy         = var.force_destroy
  tags                  = local.tags
}

module "container_registry" {
  source = "../../../modules/aws/container-registry"
  count  = var.container_registry ? 1 : 0

  name          = local.unique_name
  force_destroy = var.force_destroy
  tags          = local.tags
}

module "secrets" {
  source = "../../../modules/aws/secrets"
  count  = var.hub_token ? 1 : 0

  name             = local.unique_name
  secrets          = local.secrets
  reader_role_arns = [module.identity.role_arn]
  tags             = local.tags
}

module "observability" {
  source = "../../../modules/aws/observability"

  name                = local.unique_name
  region              = var.region
  retention_days      = var.log_retention_days
  metrics_namespace   = local.metrics_namespace
  instance_ids        = module.gpu_instance.instance_ids
  instance_count      = 1
  alarms              = var.alarms
  max_runtime_hours   = var.max_runtime_hours
  notification_emails = var.notification_emails
  tags                = local.tags
}

module "data_feed" {
  source = "../../../modules/aws/data-feed"
  count  = length(var.data_feeds) > 0 ? 1 : 0

  name               = local.unique_name
  region             = var.region
  environment        = var.environment
  bucket             = module.storage.datasets_bucket
  bucket_arn         = module.storage.datasets_bucket_arn
  sources            = var.data_feeds
  topic_arn          = module.observability.topic_arn
  log_retention_days = var.log_retention_days
  tags               = local.tags
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
  metrics_namespace      = local.metrics_namespace
  repository_arns        = concat(module.container_registry[*].repository_arn, local.image_repository_arns)
  secret_names           = [for key in keys(local.secrets) : "${local.unique_name}/${key}"]
  github = var.github_repository == null ? null : {
    repository      = var.github_repository
    branch          = var.github_branch
    create_provider = var.github_provider_arn == null
    provider_arn    = var.github_provider_arn
  }
  tags = local.tags
}

module "bootstrap" {
  source = "../../../modules/aws/bootstrap"

  region                 = var.region
  expires_at             = var.expires_at
  deadline_schedule_name = local.deadline_schedule_name
  metrics_namespace      = local.metrics_namespace
  log_group              = module.observability.log_group
  idle_minutes           = var.idle_minutes
  start                  = "train"

  settings = merge(
    {
      environment        = var.environment
      name               = var.name
      blueprint          = "aws/training"
      region             = var.region
      model              = var.model
      mode               = var.mode
      precision          = var.precision
      datasets_bucket    = module.storage.datasets_bucket
      outputs_bucket     = module.storage.outputs_bucket
      log_group          = module.observability.log_group
      metrics_namespace  = local.metrics_namespace
      idle_minutes       = tostring(var.idle_minutes)
      checkpoint_minutes = tostring(var.checkpoint_minutes)
      resume             = tostring(var.resume)
      data_volume_gib    = tostring(var.data_volume_gib)
    },
    var.dataset == null ? {} : { dataset = var.dataset },
    var.image == null ? {} : { image = var.image },
    var.command == null ? {} : { command = jsonencode(var.command) },
    var.container_registry ? { repository_url = module.container_registry[0].repository_url } : {},
    var.hub_token ? { hub_token_secret = "${local.unique_name}/hub-token" } : {},
  )

  files = {
    "bin/train"                          = { content = file("${path.module}/scripts/train.sh"), mode = "0755" }
    "hooks/interruption.d/10-checkpoint" = { content = file("${path.module}/scripts/checkpoint-hook.sh"), mode = "0755" }
    "train.py"                           = { content = file("${path.module}/train.py") }
    "Dockerfile"                         = { content = file("${path.module}/Dockerfile") }
    "requirements.txt"                   = { content = file("${path.module}/requirements.txt") }
  }
}

module "gpu_instance" {
  source = "../../../modules/aws/gpu-instance"

  name             = local.unique_name
  region           = var.region
  vpc_id           = module.network.vpc_id
  subnet_id        = var.private_subnets ? module.network.private_subnet_ids[0] : module.network.public_subnet_ids[0]
  public_address   = !var.private_subnets
  ami_id           = local.ami_id
  image_key        = coalesce(var.ami_id, var.ami_ssm_parameter)
  instance_type    = var.instance_type
  capacity         = var.capacity
  spot_unavailable = var.spot_unavailable
  root_volume_gib  = var.root_volume_gib
  data_volume_gib  = var.data_volume_gib
  instance_profile = module.identity.instance_profile
  user_data        = module.bootstrap.user_data
  user_data_key    = module.bootstrap.key
  tags             = local.tags
}

module "cost_guard" {
  source = "../../../modules/aws/cost-guard"

  name                = local.unique_name
  region              = var.region
  environment         = var.environment
  expires_at          = var.expires_at
  instance_ids        = module.gpu_instance.instance_ids
  instance_arns       = module.gpu_instance.instance_arns
  topic_arn           = module.observability.topic_arn
  budget_usd          = var.budget_usd
  notification_emails = var.notification_emails
  runtime_check       = var.runtime_check
  max_runtime_hours   = var.max_runtime_hours
  tags                = local.tags
}

