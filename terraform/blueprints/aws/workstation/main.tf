locals {
  metrics_namespace = "Terradev/${local.unique_name}"

  # Known before anything exists, so that the role can name the secret and the secret the role.
  hub_token_secret = "${local.unique_name}/hub-token"

  open = length(var.allowed_cidrs) > 0

  ports = merge(
    var.jupyter ? { jupyter = { port = 8888, description = "JupyterLab" } } : {},
    var.tensorboard ? { tensorboard = { port = 6006, description = "TensorBoard" } } : {},
    var.ssh_public_key == null ? {} : { ssh = { port = 22, description = "SSH" } },
  )

  ingress = { for key, port in local.ports : key => { port = port.port, cidrs = var.allowed_cidrs, description = port.description } if local.open }

  subnet_ids = var.private_subnets ? module.network.private_subnet_ids : module.network.public_subnet_ids

  # A volume must be made in the zone of its machine. In a VPC of one's own that is the subnet's.
  zone = var.existing_network == null ? local.availability_zones[0] : coalesce(one(data.aws_subnet.existing[*].availability_zone), local.availability_zones[0])

  # What the machine reads in /etc/terradev/environment.json.
  settings = merge(
    {
      environment       = var.environment
      name              = var.name
      blueprint         = "aws/workstation"
      region            = var.region
      model             = var.model
      mode              = var.mode
      precision         = var.precision
      datasets_bucket   = module.storage.datasets_bucket
      outputs_bucket    = module.storage.outputs_bucket
      log_group         = module.observability.log_group
      metrics_namespace = local.metrics_namespace
      idle_minutes      = tostring(var.idle_minutes)
      jupyter           = tostring(var.jupyter)
      tensorboard       = tostring(var.tensorboard)
      bind              = local.open ? "0.0.0.0" : "127.0.0.1"
    },
    var.dataset == null ? {} : { dataset = var.dataset },
    var.ssh_public_key == null ? {} : { ssh_public_key = var.ssh_public_key },
    var.hub_token ? { hub_token_secret = local.hub_token_secret } : {},
    var.data_volume_gib > 0 ? { data_volume_id = module.volumes[0].volume_ids["data"] } : {},
    var.file_system ? { file_system_id = module.file_system[0].file_system_id, access_point_id = module.file_system[0].access_point_id } : {},
  )
}

data "aws_subnet" "existing" {
  count = var.existing_network != null && !var.rehearsal ? 1 : 0

  id = var.private_subnets ? var.existing_network.private_subnet_ids[0] : var.existing_network.public_subnet_ids[0]
}

module "network" {
  source = "../../../modules/aws/network"

  name               = local.unique_name
  region             = var.region
  availability_zones = local.availability_zones
  nat_gateway        = var.nat_gateway
  ssm_endpoints      = var.private_subnets && !var.nat_gateway
  flow_logs          = var.flow_logs
  existing_network   = var.existing_network
  tags               = local.tags

  flow_log_retention_days = var.log_retention_days
}

module "storage" {
  source = "../../../modules/aws/storage"

  datasets_bucket_name  = "${var.name}-datasets-${local.suffix}"
  outputs_bucket_name   = "${var.name}-outputs-${local.suffix}"
  force_destroy         = var.force_destroy
  datasets_archive_days = var.datasets_archive_days
  tags                  = local.tags
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
  secret_names           = var.hub_token ? [local.hub_token_secret] : []
  file_system            = var.file_system
  file_system_arn        = one(module.file_system[*].file_system_arn)
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
  count  = var.file_system ? 1 : 0

  name                      = local.unique_name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = slice(local.subnet_ids, 0, 1)
  client_security_group_ids = [module.gpu_instance.security_group_id]
  tags                      = local.tags
}

# To the file system alone; as one of the machine's egress ports, NFS would be open to the whole internet.
resource "aws_vpc_security_group_egress_rule" "file_system" {
  count = var.file_system ? 1 : 0

  security_group_id            = module.gpu_instance.security_group_id
  description                  = "NFS to the shared file system"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
  referenced_security_group_id = module.file_system[0].security_group_id

  tags = merge(local.tags, { Name = "${local.unique_name}-egress-efs" })
}

module "volumes" {
  source = "../../../modules/aws/volumes"
  count  = var.data_volume_gib > 0 ? 1 : 0

  name   = local.unique_name
  region = var.region

  volumes = {
    data = {
      availability_zone = local.zone
      size_gib          = var.data_volume_gib
    }
  }

  attachments = { data = module.gpu_instance.instance_id }
  snapshots   = var.snapshots ? {} : null
  tags        = local.tags
}

module "bootstrap" {
  source = "../../../modules/aws/bootstrap"

  region                 = var.region
  expires_at             = var.expires_at
  deadline_schedule_name = local.deadline_schedule_name
  idle_minutes           = var.idle_minutes
  metrics_namespace      = local.metrics_namespace
  log_group              = module.observability.log_group

  settings = local.settings

  # Without the lines that only explain: user data has little room.
  files = {
    "bin/workstation"             = { content = replace(file("${path.module}/scripts/start.sh"), "/\n *# [^\n]*/", ""), mode = "0755" }
    "requirements.txt"            = { content = replace(file("${path.module}/requirements.txt"), "/# [^\n]*\n/", "") }
    "requirements-tensorflow.txt" = { content = replace(file("${path.module}/requirements-tensorflow.txt"), "/# [^\n]*\n/", "") }
  }

  start = "workstation"
}

module "gpu_instance" {
  source = "../../../modules/aws/gpu-instance"

  name               = local.unique_name
  region             = var.region
  vpc_id             = module.network.vpc_id
  subnet_id          = local.subnet_ids[0]
  ami_id             = local.ami_id
  image_key          = coalesce(var.ami_id, var.ami_ssm_parameter)
  instance_type      = var.instance_type
  capacity           = var.capacity
  spot_unavailable   = var.spot_unavailable
  root_volume_gib    = var.root_volume_gib
  instance_profile   = module.identity.instance_profile
  public_address     = !var.private_subnets
  user_data          = module.bootstrap.user_data
  user_data_key      = module.bootstrap.key
  ingress            = local.ingress
  allow_open_ingress = var.allow_open_ingress
  tags               = local.tags
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
