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

  mock_data "aws_subnet" {
    defaults = {
      availability_zone = "us-east-1f"
    }
  }

  mock_resource "aws_instance" {
    defaults = {
      id        = "i-0123456789abcdef0"
      arn       = "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0"
      public_ip = "198.51.100.20"
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

  mock_resource "aws_ebs_volume" {
    defaults = {
      id  = "vol-0123456789abcdef0"
      arn = "arn:aws:ec2:us-east-1:123456789012:volume/vol-0123456789abcdef0"
    }
  }

  mock_resource "aws_efs_file_system" {
    defaults = {
      id  = "fs-0123456789abcdef0"
      arn = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0123456789abcdef0"
    }
  }

  mock_resource "aws_efs_access_point" {
    defaults = {
      id  = "fsap-0123456789abcdef0"
      arn = "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0"
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
  name            = "bert-lora"
  installation    = "installation-1"
  environment     = "0198f7b2-7a3e-7c11-9d5e-3f1f0c7d2a10"
  owner           = "ada@example.org"
  expires_at      = "2030-01-31T18:05:09Z"
  region          = "us-east-1"
  instance_type   = "g5.xlarge"
  capacity        = "spot"
  root_volume_gib = 200
  model           = "huggingface:google-bert/bert-base-uncased"
  dataset         = "huggingface:stanfordnlp/imdb"
  mode            = "lora"
  precision       = "bf16"
}

run "nobody_is_admitted_and_everything_is_reached_through_session_manager" {
  assert {
    condition     = length(local.settings) > 0 && local.settings.bind == "127.0.0.1" && length(local.ingress) == 0
    error_message = "Without allowed_cidrs the services must listen on the machine alone, and no port may be open."
  }

  assert {
    condition     = output.endpoint == null && keys(output.connect_commands) == ["jupyter", "tensorboard"]
    error_message = "There must be a command for each service, and no public address."
  }

  assert {
    condition     = output.connect_commands["jupyter"] == "aws ssm start-session --region us-east-1 --target i-0123456789abcdef0 --document-name AWS-StartPortForwardingSession --parameters portNumber=8888,localPortNumber=8888"
    error_message = "The command must forward JupyterLab's port."
  }

  assert {
    condition     = output.token_command == "aws ssm start-session --region us-east-1 --target i-0123456789abcdef0 --document-name AWS-StartInteractiveCommand --parameters command='sudo cat /var/lib/terradev/token'"
    error_message = "The token must be read on the machine."
  }

  assert {
    condition     = output.ssm_command == "aws ssm start-session --region us-east-1 --target i-0123456789abcdef0" && output.instance_id == "i-0123456789abcdef0" && output.expires_at == "2030-01-31T18:05:09Z"
    error_message = "The outputs must describe the machine."
  }
}

run "the_data_volume_is_in_the_machines_zone_and_outlives_it" {
  assert {
    condition     = module.volumes[0].volume_ids["data"] == "vol-0123456789abcdef0" && local.settings.data_volume_id == "vol-0123456789abcdef0" && local.zone == "us-east-1c"
    error_message = "The machine must be told the id of its volume, which is in its zone."
  }

  assert {
    condition     = module.volumes[0].policy_id != null
    error_message = "Snapshots must be on."
  }
}

run "the_data_volume_and_its_snapshots_can_be_off" {
  command = plan

  variables {
    data_volume_gib = 0
  }

  assert {
    condition     = length(module.volumes) == 0 && !can(local.settings.data_volume_id)
    error_message = "There must be no volume, and the machine must not wait for one."
  }
}

run "an_existing_network_decides_the_zone" {
  command = plan

  variables {
    private_subnets = true
    existing_network = {
      vpc_id             = "vpc-0aaaaaaaaaaaaaaaa"
      vpc_cidr           = "172.16.0.0/16"
      public_subnet_ids  = ["subnet-0aaaaaaaaaaaaaaaa"]
      private_subnet_ids = ["subnet-0bbbbbbbbbbbbbbbb"]
    }
  }

  assert {
    condition     = local.zone == "us-east-1f" && data.aws_subnet.existing[0].id == "subnet-0bbbbbbbbbbbbbbbb" && output.vpc_id == "vpc-0aaaaaaaaaaaaaaaa"
    error_message = "The volume must be made in the zone of the subnet that the machine is in."
  }
}

run "allowed_ranges_reach_the_services_over_tls" {
  variables {
    allowed_cidrs  = ["198.51.100.7/32", "203.0.113.0/24"]
    ssh_public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJd2f0rI6kF8Wc3m0b1v2n3m4a5s6d7f8g9h0j1k2l3z ada@example.org"
  }

  assert {
    condition     = { for key, rule in local.ingress : key => "${rule.port} ${join(" ", rule.cidrs)}" } == { jupyter = "8888 198.51.100.7/32 203.0.113.0/24", tensorboard = "6006 198.51.100.7/32 203.0.113.0/24", ssh = "22 198.51.100.7/32 203.0.113.0/24" }
    error_message = "The ranges must reach the three ports, and nobody else may."
  }

  assert {
    condition     = local.settings.bind == "0.0.0.0" && output.endpoint == "https://198.51.100.20:8888/lab"
    error_message = "The services must listen, JupyterLab with a certificate."
  }

  assert {
    condition     = local.settings.ssh_public_key == var.ssh_public_key && strcontains(output.connect_commands["ssh"], "portNumber=22,localPortNumber=2222")
    error_message = "The key must reach the machine."
  }
}

run "services_can_be_off" {
  variables {
    jupyter       = false
    allowed_cidrs = ["198.51.100.7/32"]
  }

  assert {
    condition     = keys(local.ingress) == ["tensorboard"] && output.token_command == null && output.endpoint == null && keys(output.connect_commands) == ["tensorboard"] && local.settings.jupyter == "false"
    error_message = "What is off must have no port and no command."
  }
}

run "a_shared_file_system_is_reached_and_nothing_else_over_nfs" {
  variables {
    file_system = true
  }

  assert {
    condition     = local.settings.file_system_id == "fs-0123456789abcdef0" && local.settings.access_point_id == "fsap-0123456789abcdef0"
    error_message = "The machine must be told what to mount."
  }

  assert {
    condition = (
      aws_vpc_security_group_egress_rule.file_system[0].from_port == 2049 && aws_vpc_security_group_egress_rule.file_system[0].to_port == 2049 &&
      aws_vpc_security_group_egress_rule.file_system[0].referenced_security_group_id == module.file_system[0].security_group_id &&
      aws_vpc_security_group_egress_rule.file_system[0].cidr_ipv4 == null
    )
    error_message = "NFS must go out to the file system alone."
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

run "private_machines_need_a_nat_gateway_for_the_services" {
  command = plan

  variables {
    private_subnets = true
  }

  expect_failures = [var.jupyter]
}

run "a_private_machine_without_services_needs_none" {
  command = plan

  variables {
    private_subnets = true
    jupyter         = false
    tensorboard     = false
  }

  assert {
    condition     = output.endpoint == null && length(output.connect_commands) == 0
    error_message = "There must be a shell and nothing else."
  }
}

run "every_value_is_taken_literally" {
  variables {
    model   = "a'b\"c\n$${path.module} %%{if true}x%%{endif} $(touch /hostile) `touch /hostile` \\ $$ é"
    dataset = "$${var.name}\n<<EOT"
  }

  assert {
    condition = { for key in ["model", "dataset", "blueprint", "name", "mode", "precision", "idle_minutes"] : key => local.settings[key] } == {
      model        = "a'b\"c\n$${path.module} %%{if true}x%%{endif} $(touch /hostile) `touch /hostile` \\ $$ é"
      dataset      = "$${var.name}\n<<EOT"
      blueprint    = "aws/workstation"
      name         = "bert-lora"
      mode         = "lora"
      precision    = "bf16"
      idle_minutes = "60"
    }
    error_message = "Model and dataset must reach the machine as they were given."
  }

  assert {
    condition     = !strcontains(module.bootstrap.user_data, "hostile")
    error_message = "User data must hold what a user typed only as base64."
  }
}

run "everything_at_once_fits_into_user_data" {
  variables {
    model          = "huggingface:${substr(join("", [for number in range(40) : sha256(number)]), 0, 190)}"
    dataset        = "huggingface:${substr(join("", [for number in range(40) : sha256(number + 100)]), 0, 190)}"
    ssh_public_key = "ssh-rsa ${substr(join("", [for number in range(40) : base64sha256(number)]), 0, 43)}${join("", [for number in range(18) : substr(base64sha256(number), 0, 38)])} ada@example.org"
    allowed_cidrs  = ["198.51.100.7/32"]
    hub_token      = true
    file_system    = true
  }

  assert {
    condition     = length(base64gzip(module.bootstrap.user_data)) <= 21844
    error_message = "User data must have at most 16384 bytes, with long names and a long key too."
  }

  assert {
    condition     = length(local.settings.ssh_public_key) > 700
    error_message = "The key must be as long as one of 4096 bits."
  }
}

run "rehearsal_reads_nothing" {
  command = plan

  variables {
    rehearsal = true
    existing_network = {
      vpc_id             = "vpc-0aaaaaaaaaaaaaaaa"
      vpc_cidr           = "172.16.0.0/16"
      public_subnet_ids  = ["subnet-0aaaaaaaaaaaaaaaa"]
      private_subnet_ids = []
    }
  }

  assert {
    condition     = length(data.aws_ec2_instance_type_offerings.this) + length(data.aws_ssm_parameter.ami) + length(data.aws_subnet.existing) == 0 && local.zone == "us-east-1a"
    error_message = "A rehearsal must not ask AWS."
  }
}

run "refuses_hostile_or_impossible_values" {
  command = plan

  variables {
    allowed_cidrs   = ["198.51.100.7"]
    ssh_public_key  = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJd2f0rI6kF8Wc3m0b1v2n3m4a5s6d7f8g9h0j1k2l3z\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJd2f0rI6kF8Wc3m0b1v2n3m4a5s6d7f8g9h0j1k2l3z"
    data_volume_gib = 0.5
    idle_minutes    = -1
  }

  expect_failures = [var.allowed_cidrs, var.ssh_public_key, var.data_volume_gib, var.idle_minutes]
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
    condition     = local.ingress["jupyter"].cidrs[0] == "0.0.0.0/0"
    error_message = "Who insists must be followed."
  }
}
