mock_provider "aws" {
  mock_data "aws_ec2_instance_type_offerings" {
    defaults = {
      locations = ["us-east-1d", "us-east-1-bos-1a", "us-east-1c"]
    }
  }

  mock_data "aws_ssm_parameter" {
    defaults = {
      insecure_value = "ami-0aaaaaaaaaaaaaaaa"
    }
  }

  mock_resource "aws_instance" {
    defaults = {
      id         = "i-0123456789abcdef0"
      arn        = "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0"
      public_ip  = "198.51.100.20"
      private_ip = "10.0.1.20"
    }
  }

  mock_resource "aws_vpc" {
    defaults = {
      owner_id = "123456789012"
    }
  }

  mock_resource "aws_launch_template" {
    defaults = {
      id = "lt-0123456789abcdef0"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/mock"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:us-east-1:123456789012:log-group:mock"
    }
  }

  mock_resource "aws_sns_topic" {
    defaults = {
      arn = "arn:aws:sns:us-east-1:123456789012:mock"
    }
  }

  mock_resource "aws_s3_bucket" {
    defaults = {
      arn = "arn:aws:s3:::mock"
    }
  }

  mock_resource "aws_secretsmanager_secret" {
    defaults = {
      arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:mock-AbCdEf"
    }
  }

  mock_resource "aws_kms_key" {
    defaults = {
      arn = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn = "arn:aws:lambda:us-east-1:123456789012:function:mock"
    }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws:events:us-east-1:123456789012:rule/mock"
    }
  }
}

variables {
  name            = "qwen-api"
  installation    = "installation-1"
  environment     = "0198f7b2-7a3e-7c11-9d5e-3f1f0c7d2a10"
  owner           = "ada@example.org"
  expires_at      = "2030-01-31T18:05:09Z"
  region          = "us-east-1"
  instance_type   = "g5.xlarge"
  capacity        = "on-demand"
  root_volume_gib = 200
  model           = "huggingface:Qwen/Qwen2.5-7B-Instruct"
  mode            = "inference"
  precision       = "bf16"
}

run "nobody_is_admitted_and_the_api_is_reached_through_session_manager" {
  assert {
    condition     = local.settings.open == "false" && length(local.ingress) == 0 && output.certificate_command == null
    error_message = "Without allowed_cidrs no port may be open."
  }

  assert {
    condition     = output.endpoint == "http://localhost:8000/v1"
    error_message = "The endpoint must be the one that connect_command makes."
  }

  assert {
    condition     = output.connect_command == "aws ssm start-session --region us-east-1 --target i-0123456789abcdef0 --document-name AWS-StartPortForwardingSession --parameters portNumber=8000,localPortNumber=8000"
    error_message = "The command must forward the API's port."
  }

  assert {
    condition     = output.token_command == "aws ssm start-session --region us-east-1 --target i-0123456789abcdef0 --document-name AWS-StartInteractiveCommand --parameters command='sudo cat /var/lib/terradev/token'"
    error_message = "The token must be read on the machine."
  }

  assert {
    condition     = output.ssm_command == "aws ssm start-session --region us-east-1 --target i-0123456789abcdef0" && output.instance_id == "i-0123456789abcdef0" && output.expires_at == "2030-01-31T18:05:09Z" && output.region == "us-east-1"
    error_message = "The outputs must describe the machine."
  }

  assert {
    condition = alltrue([
      length(module.secrets) == 0, length(local.repository_arns) == 0, !can(local.settings.hub_token_secret), !can(local.settings.dataset),
      !can(local.settings.bucket_model), !can(local.settings.tensor_parallel), !can(local.settings.max_model_len),
    ])
    error_message = "What was not asked for must be neither made nor set."
  }
}

run "allowed_ranges_reach_the_api_over_tls" {
  variables {
    allowed_cidrs = ["198.51.100.7/32", "203.0.113.0/24"]
    port          = 8443
  }

  assert {
    condition     = join(" ", keys(local.ingress)) == "api" && local.ingress["api"].port == 8443 && join(" ", local.ingress["api"].cidrs) == "198.51.100.7/32 203.0.113.0/24"
    error_message = "The ranges must reach the API's port, and nothing else may."
  }

  assert {
    condition     = local.settings.open == "true" && local.settings.port == "8443" && output.endpoint == "https://198.51.100.20:8443/v1"
    error_message = "The machine must listen with a certificate."
  }

  assert {
    condition     = strcontains(output.connect_command, "portNumber=8443,localPortNumber=8443") && endswith(output.certificate_command, "command='sudo cat /var/lib/terradev/tls/certificate.pem'")
    error_message = "The commands must fit the port and show the certificate."
  }
}

run "each_engine_has_a_pinned_image" {
  command = plan

  assert {
    condition     = local.settings.engine == "vllm" && alltrue([for image in values(local.images) : can(regex(":v?[0-9]+\\.[0-9]+\\.[0-9]+$", image))])
    error_message = "Images must name a version."
  }

  assert {
    condition     = local.settings.image == local.images["vllm"]
    error_message = "vLLM must be the default."
  }
}

run "tgi_is_the_other_engine" {
  command = plan

  variables {
    engine          = "tgi"
    precision       = "int8"
    max_model_len   = 4096
    tensor_parallel = 2
    idle_minutes    = 30
  }

  assert {
    condition = { for key in ["engine", "image", "precision", "max_model_len", "tensor_parallel", "idle_minutes"] : key => local.settings[key] } == {
      engine          = "tgi"
      image           = local.images["tgi"]
      precision       = "int8"
      max_model_len   = "4096"
      tensor_parallel = "2"
      idle_minutes    = "30"
    }
    error_message = "The options must reach the machine."
  }
}

run "an_image_in_ecr_may_be_pulled_and_no_other_repository" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/vllm:0.10.2-patched"
  }

  assert {
    condition     = join(" ", local.repository_arns) == "arn:aws:ecr:eu-west-1:123456789012:repository/team/vllm"
    error_message = "The role must reach the repository of the image alone."
  }

  assert {
    condition     = local.settings.image == var.image
    error_message = "A given image must be taken as it is."
  }
}

run "a_host_that_poses_as_ecr_is_none" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.org/team/vllm:1"
  }

  assert {
    condition     = length(local.repository_arns) == 0
    error_message = "The role must not name a repository for a host of somebody else."
  }
}

run "the_hub_token_is_a_secret_that_the_machine_is_told_the_name_of" {
  variables {
    hub_token = true
  }

  assert {
    condition     = local.settings.hub_token_secret == module.secrets[0].secret_names["hub-token"] && local.settings.hub_token_secret == "${local.unique_name}/hub-token"
    error_message = "The name that the machine knows must be the secret's."
  }
}

run "every_value_is_taken_literally" {
  variables {
    bucket_model = "my-model/v1"
    model        = "a'b\"c\n$${path.module} %%{if true}x%%{endif} $(touch /tmp/never) `id` \\ $$ é"
    dataset      = "$${var.name}\n<<EOT"
  }

  assert {
    condition = local.settings == {
      environment       = var.environment
      name              = "qwen-api"
      blueprint         = "aws/inference"
      region            = "us-east-1"
      model             = "a'b\"c\n$${path.module} %%{if true}x%%{endif} $(touch /tmp/never) `id` \\ $$ é"
      dataset           = "$${var.name}\n<<EOT"
      mode              = "inference"
      precision         = "bf16"
      datasets_bucket   = output.datasets_bucket
      outputs_bucket    = output.outputs_bucket
      log_group         = output.log_group
      metrics_namespace = local.metrics_namespace
      idle_minutes      = "0"
      engine            = "vllm"
      image             = local.images["vllm"]
      port              = "8000"
      open              = "false"
      bucket_model      = "my-model/v1"
    }
    error_message = "Model and dataset must reach the machine as they were given."
  }

  assert {
    condition     = !strcontains(module.bootstrap.user_data, "/tmp/never")
    error_message = "User data must hold what a user typed only as base64."
  }
}

run "everything_at_once_fits_into_user_data" {
  variables {
    model         = "huggingface:${substr(join("", [for number in range(40) : sha256(number)]), 0, 90)}/${substr(join("", [for number in range(40) : sha256(number + 200)]), 0, 90)}"
    dataset       = "huggingface:${substr(join("", [for number in range(40) : sha256(number + 100)]), 0, 190)}"
    bucket_model  = "${substr(join("", [for number in range(40) : sha256(number + 300)]), 0, 100)}/${substr(join("", [for number in range(40) : sha256(number + 400)]), 0, 100)}"
    image         = "registry.example.org/${substr(join("", [for number in range(40) : sha256(number + 500)]), 0, 200)}:1"
    allowed_cidrs = ["198.51.100.7/32"]
    hub_token     = true
    idle_minutes  = 60
  }

  assert {
    # Base64 of 16384 bytes.
    condition     = length(base64gzip(module.bootstrap.user_data)) <= 21844
    error_message = "User data must have at most 16384 bytes, with long names too."
  }
}

run "private_machines_need_a_way_to_the_registry" {
  command = plan

  variables {
    private_subnets = true
  }

  expect_failures = [output.endpoint]
}

run "a_private_machine_is_called_by_its_private_address" {
  variables {
    private_subnets = true
    nat_gateway     = true
    allowed_cidrs   = ["10.0.0.0/8"]
  }

  override_resource {
    target = module.gpu_instance.aws_instance.this
    values = {
      id         = "i-0123456789abcdef0"
      arn        = "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0"
      public_ip  = ""
      private_ip = "10.0.11.20"
    }
  }

  assert {
    condition     = output.endpoint == "https://10.0.11.20:8000/v1"
    error_message = "Without a public address the endpoint must have the private one."
  }
}

run "an_existing_network_is_used_as_it_is" {
  command = plan

  variables {
    private_subnets = true
    existing_network = {
      vpc_id             = "vpc-0aaaaaaaaaaaaaaaa"
      vpc_cidr           = "172.16.0.0/16"
      public_subnet_ids  = []
      private_subnet_ids = ["subnet-0bbbbbbbbbbbbbbbb"]
    }
  }

  assert {
    condition     = output.vpc_id == "vpc-0aaaaaaaaaaaaaaaa"
    error_message = "No VPC may be made."
  }
}

run "rehearsal_reads_nothing" {
  command = plan

  variables {
    rehearsal = true
  }

  assert {
    condition     = length(data.aws_ec2_instance_type_offerings.this) + length(data.aws_ssm_parameter.ami) == 0 && local.ami_id == "ami-00000000000000000"
    error_message = "A rehearsal must not ask AWS."
  }
}

run "refuses_hostile_or_impossible_values" {
  command = plan

  variables {
    engine          = "vllm --trust-remote-code"
    image           = "--privileged"
    bucket_model    = "../other"
    port            = 80
    allowed_cidrs   = ["198.51.100.7"]
    max_model_len   = 1.5
    tensor_parallel = 0
    idle_minutes    = -1
  }

  expect_failures = [
    var.engine, var.image, var.bucket_model, var.port, var.allowed_cidrs, var.max_model_len, var.tensor_parallel, var.idle_minutes,
  ]
}

run "refuses_a_model_that_is_neither_on_the_hub_nor_in_the_bucket" {
  command = plan

  variables {
    model = "huggingface:--trust-remote-code"
  }

  expect_failures = [var.bucket_model]
}

run "refuses_number_formats_that_tgi_lacks" {
  command = plan

  variables {
    engine    = "tgi"
    precision = "fp4"
  }

  expect_failures = [var.engine]
}

run "refuses_the_whole_internet" {
  command = plan

  variables {
    allowed_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.allowed_cidrs]
}

run "refuses_the_whole_internet_in_halves" {
  command = plan

  variables {
    allowed_cidrs = ["0.0.0.0/1", "128.0.0.0/1"]
  }

  expect_failures = [var.allowed_cidrs]
}

run "admits_the_whole_internet_when_told_to" {
  command = plan

  variables {
    allowed_cidrs      = ["0.0.0.0/0"]
    allow_open_ingress = true
  }

  assert {
    condition     = local.ingress["api"].cidrs[0] == "0.0.0.0/0"
    error_message = "Who insists must be followed."
  }
}
