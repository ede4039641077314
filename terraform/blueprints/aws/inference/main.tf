locals {
  metrics_namespace = "Terradev/${local.unique_name}"

  # Known before anything exists, so that the role can name the secret and the secret the role.
  hub_token_secret = "${local.unique_name}/hub-token"

  # Both need an NVIDIA driver for CUDA 12; for other GPUs or models give another image.
  images = {
    vllm = "vllm/vllm-openai:v0.10.2"
    tgi  = "ghcr.io/huggingface/text-generation-inference:3.3.4"
  }
  image = coalesce(var.image, local.images[var.engine])

  # The machine's role pulls from the one ECR repository that the image names.
  ecr = try(regex("^(?P<account>[0-9]{12})\\.dkr\\.ecr\\.(?P<region>[a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/(?P<name>[a-z0-9._/-]+)(?:[:@]|$)", local.image), null)
  repository_arns = local.ecr == null ? [] : [
    "arn:${startswith(local.ecr.region, "cn-") ? "aws-cn" : startswith(local.ecr.region, "us-gov-") ? "aws-us-gov" : "aws"}:ecr:${local.ecr.region}:${local.ecr.account}:repository/${local.ecr.name}",
  ]

  open    = length(var.allowed_cidrs) > 0
  ingress = local.open ? { api = { port = var.port, cidrs = var.allowed_cidrs, description = "API of the model" } } : {}

  # What the machine reads in /etc/terradev/environment.json.
  settings = merge(
    {
      environment       = var.environment
      name              = var.name
      blueprint         = "aws/inference"
      region            = var.region
      model             = var.model
      mode              = var.mode
      precision         = var.precision
      datasets_bucket   = module.storage.datasets_bucket
      outputs_bucket    = module.storage.outputs_bucket
      log_group         = module.observability.log_group
      metrics_namespace = local.metrics_namespace
      idle_minutes      = tostring(var.idle_minutes)
      engine            = var.engine
      image             = local.image
      port              = tostring(var.port)
      open              = tostring(local.open)
    },
    var.dataset == null ? {} : { dataset = var.dataset },
    var.bucket_model == null ? {} : { bucket_model = var.bucket_model },
    var.max_model_len == null ? {} : { max_model_len = tostring(var.max_model_len) },
    var.tensor_parallel == null ? {} : { tensor_parallel = tostring(var.tensor_parallel) },
    var.hub_token ? { hub_token_secret = local.hub_token_secret } : {},
  )
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
  repository_arns        = local.repository_arns
  secret_names           = var.hub_token ? [local.hub_token_secret] : []
  tags                   = local.tags
}

module "secrets" {
  source = "../../../modules/aws/secrets"
  count  = var.hub_token ? 1 : 0

  name             = local.unique_name
  secrets          = { hub-token = "Token of the model hub" }
  reader_role_arns = [module.identity.role_arn]
  tags             = local.tags
}

module "bootstrap" {
  source = "../../../modules/aws/bootstrap"

  region                 = var.region
  expires_at             = var.expires_at
  deadline_schedule_name = local.deadline_schedule_name
  metrics_namespace      = local.metrics_namespace
  log_group              = module.observability.log_group
  idle_minutes           = var.idle_minutes
  settings               = local.settings
  start                  = "serve"

  # Without the lines that only explain: user data has little room.
  files = {
    "bin/serve"         = { content = replace(file("${path.module}/scripts/serve.sh"), "/\n *# [^\n]*/", ""), mode = "0755" }
    "bin/serve-options" = { content = file("${path.module}/scripts/serve-options.py"), mode = "0755" }
  }
}

module "gpu_instance" {
  source = "../../../modules/aws/gpu-instance"

  name               = local.unique_name
  region             = var.region
  vpc_id             = module.network.vpc_id
  subnet_id          = var.private_subnets ? module.network.private_subnet_ids[0] : module.network.public_subnet_ids[0]
  public_address     = !var.private_subnets
  ami_id             = local.ami_id
  image_key          = coalesce(var.ami_id, var.ami_ssm_parameter)
  instance_type      = var.instance_type
  capacity           = var.capacity
  spot_unavailable   = var.spot_unavailable
  root_volume_gib    = var.root_volume_gib
  instance_profile   = module.identity.instance_profile
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
