locals {
  metrics_namespace = "Terradev/${local.unique_name}"
  hub_token_secret  = "${local.unique_name}/hub-token"

  # Known before they exist: the machines' settings name both, and the group has the machines' script.
  group_name     = "${local.unique_name}-fleet"
  lifecycle_hook = "${local.unique_name}-drain"
  drain_seconds  = 120

  open      = length(var.allowed_cidrs) > 0
  on_demand = var.capacity == "on-demand" || (var.capacity == "spot-with-fallback" && var.spot_unavailable)

  # A load balancer needs two zones, also where only one offers the machines.
  other_zones = sort(try(data.aws_availability_zones.this[0].names, []))
  zones       = slice(distinct(concat(local.availability_zones, local.other_zones)), 0, min(2, length(distinct(concat(local.availability_zones, local.other_zones)))))

  side_subnet_ids    = var.private_subnets ? module.network.private_subnet_ids : module.network.public_subnet_ids
  machine_subnet_ids = var.existing_network == null ? slice(local.side_subnet_ids, 0, length(local.availability_zones)) : local.side_subnet_ids

  # An image of this or another account's registry is pulled with the machine's role.
  ecr = try(regex("^(?P<account>[0-9]{12})\\.dkr\\.ecr\\.(?P<region>[a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/(?P<name>[a-z0-9._/-]+)(?:[:@]|$)", var.image), null)
  image_repository_arns = local.ecr == null ? [] : [
    "arn:${startswith(local.ecr.region, "cn-") ? "aws-cn" : startswith(local.ecr.region, "us-gov-") ? "aws-us-gov" : "aws"}:ecr:${local.ecr.region}:${local.ecr.account}:repository/${local.ecr.name}",
  ]

  # What each machine reads in /etc/terradev/environment.json.
  settings = merge(
    {
      environment       = var.environment
      name              = var.name
      blueprint         = "aws/fleet"
      region            = var.region
      model             = var.model
      mode              = var.mode
      precision         = var.precision
      datasets_bucket   = module.storage.datasets_bucket
      outputs_bucket    = module.storage.outputs_bucket
      log_group         = module.observability.log_group
      metrics_namespace = local.metrics_namespace
      idle_minutes      = "0"
      autoscaling_group = local.group_name
      lifecycle_hook    = local.lifecycle_hook
      drain_seconds     = tostring(local.drain_seconds)
      port              = tostring(var.port)
      file_system_id    = module.file_system.file_system_id
      access_point_id   = module.file_system.access_point_id
    },
    var.dataset == null ? {} : { dataset = var.dataset },
    var.image == null ? {} : { image = var.image },
    var.command == null ? {} : { command = jsonencode(var.command) },
    var.hub_token ? { hub_token_secret = local.hub_token_secret } : {},
  )
}

data "aws_availability_zones" "this" {
  count = !var.rehearsal && var.existing_network == null ? 1 : 0

  state = "available"

  filter {
    name   = "zone-type"
    values = ["availability-zone"]
  }
}

module "network" {
  source = "../../../modules/aws/network"

  name                    = local.unique_name
  region                  = var.region
  availability_zones      = local.zones
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

module "observability" {
  source = "../../../modules/aws/observability"

  name                   = local.unique_name
  region                 = var.region
  retention_days         = var.log_retention_days
  metrics_namespace      = local.metrics_namespace
  autoscaling_group_name = local.group_name
  alarms                 = var.alarms
  max_runtime_hours      = var.max_runtime_hours
  notification_emails    = var.notification_emails
  tags                   = local.tags
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
  repository_arns        = local.image_repository_arns
  secret_names           = var.hub_token ? [local.hub_token_secret] : []
  file_system            = true
  file_system_arn        = module.file_system.file_system_arn
  complete_lifecycle     = true
  tags                   = local.tags
}

module "secrets" {
  source = "../../../modules/aws/secrets"
  count  = var.hub_token ? 1 : 0

  name             = local.unique_name
  secrets          = { hub-token = "Token of the model hub for ${var.name}" }
  reader_role_arns = [module.identity.role_arn]
  tags             = local.tags
}

module "file_system" {
  source = "../../../modules/aws/file-system"

  name                      = local.unique_name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = local.machine_subnet_ids
  client_security_group_ids = [module.gpu_fleet.security_group_id]
  tags                      = local.tags
}

# To the file system alone; as one of the machines' egress ports, NFS would be open to the whole internet.
resource "aws_vpc_security_group_egress_rule" "file_system" {
  security_group_id            = module.gpu_fleet.security_group_id
  description                  = "NFS to the shared file system"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
  referenced_security_group_id = module.file_system.security_group_id

  tags = merge(local.tags, { Name = "${local.unique_name}-nfs" })
}

module "bootstrap" {
  source = "../../../modules/aws/bootstrap"

  region                 = var.region
  expires_at             = var.expires_at
  deadline_schedule_name = local.deadline_schedule_name
  metrics_namespace      = local.metrics_namespace
  log_group              = module.observability.log_group
  settings               = local.settings
  start                  = "worker"

  files = {
    "bin/worker"                    = { content = file("${path.module}/scripts/worker.sh"), mode = "0755" }
    "bin/drain"                     = { content = file("${path.module}/scripts/drain.sh"), mode = "0755" }
    "hooks/interruption.d/10-drain" = { content = file("${path.module}/scripts/interruption-hook.sh"), mode = "0755" }
  }
}

module "gpu_fleet" {
  source = "../../../modules/aws/gpu-fleet"

  name                   = local.unique_name
  region                 = var.region
  vpc_id                 = module.network.vpc_id
  subnet_ids             = local.machine_subnet_ids
  public_address         = !var.private_subnets
  ami_id                 = local.ami_id
  image_key              = coalesce(var.ami_id, var.ami_ssm_parameter)
  instance_types         = concat([var.instance_type], var.extra_instance_types)
  min_size               = var.min_size
  max_size               = var.max_size
  desired_size           = var.desired_size
  on_demand_base         = var.on_demand_base
  on_demand_percentage   = local.on_demand ? 100 : var.on_demand_percentage
  root_volume_gib        = var.root_volume_gib
  instance_profile       = module.identity.instance_profile
  user_data              = module.bootstrap.user_data
  user_data_key          = module.bootstrap.key
  gpu_utilization_target = var.gpu_utilization_target
  metrics_namespace      = local.metrics_namespace
  drain_seconds          = local.drain_seconds
  tags                   = local.tags

  load_balancer = {
    subnet_ids         = local.open ? module.network.public_subnet_ids : local.side_subnet_ids
    port               = var.port
    health_check_path  = var.health_check_path
    cidrs              = local.open ? var.allowed_cidrs : [module.network.vpc_cidr]
    allow_open_ingress = var.allow_open_ingress
    internal           = !local.open
    certificate_arn    = var.certificate_arn
  }
}

module "cost_guard" {
  source = "../../../modules/aws/cost-guard"

  name                   = local.unique_name
  region                 = var.region
  environment            = var.environment
  expires_at             = var.expires_at
  autoscaling_group_name = local.group_name
  autoscaling_group_arn  = module.gpu_fleet.autoscaling_group_arn
  topic_arn              = module.observability.topic_arn
  budget_usd             = var.budget_usd
  notification_emails    = var.notification_emails
  runtime_check          = var.runtime_check
  max_runtime_hours      = var.max_runtime_hours
  tags                   = local.tags
}
