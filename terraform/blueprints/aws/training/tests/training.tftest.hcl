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

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:us-east-1:123456789012:mock"
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

run "puts_out_what_an_environment_is_used_by" {
  assert {
    condition     = output.instance_id == "i-0123456789abcdef0" && output.instance_type == "g5.xlarge" && output.region == "us-east-1" && output.expires_at == "2030-01-31T18:05:09Z"
    error_message = "The outputs must describe the machine."
  }

  assert {
    condition     = output.ssm_command == "aws ssm start-session --region us-east-1 --target i-0123456789abcdef0"
    error_message = "The command must open a shell on the machine."
  }
}

run "takes_the_first_two_ordinary_zones_that_offer_the_type" {
  command = plan

  assert {
    condition     = join(" ", local.availability_zones) == "us-east-1c us-east-1d"
    error_message = "Zones must be those that offer the type, sorted, without Local Zones."
  }

  assert {
    condition     = local.ami_id == "ami-0aaaaaaaaaaaaaaaa"
    error_message = "The image must come from the parameter."
  }
}

run "refuses_a_type_that_the_region_lacks" {
  command = plan

  override_data {
    target = data.aws_ec2_instance_type_offerings.this
    values = {
      locations = ["us-east-1-bos-1a"]
    }
  }

  expect_failures = [data.aws_ec2_instance_type_offerings.this]
}

run "refuses_a_zone_that_lacks_the_type" {
  command = plan

  variables {
    availability_zones = ["us-east-1a"]
  }

  expect_failures = [data.aws_ec2_instance_type_offerings.this]
}

run "rehearsal_reads_nothing" {
  command = plan

  variables {
    rehearsal = true
  }

  assert {
    condition     = length(data.aws_ec2_instance_type_offerings.this) == 0 && length(data.aws_ssm_parameter.ami) == 0
    error_message = "A rehearsal must not ask AWS."
  }

  assert {
    condition     = join(" ", local.availability_zones) == "us-east-1a us-east-1b" && local.ami_id == "ami-00000000000000000"
    error_message = "A rehearsal must plan with placeholders."
  }
}

run "a_given_image_is_not_looked_up" {
  command = plan

  variables {
    ami_id = "ami-0123456789abcdef0"
  }

  assert {
    condition     = length(data.aws_ssm_parameter.ami) == 0 && local.ami_id == "ami-0123456789abcdef0"
    error_message = "A given image must be taken as it is."
  }
}

run "names_are_unique_and_fit" {
  command = plan

  variables {
    name = "a23456789-123456789-123456789-12"
  }

  assert {
    condition     = alltrue([for bucket in [output.datasets_bucket, output.outputs_bucket] : length(bucket) <= 63 && startswith(bucket, var.name)])
    error_message = "Bucket names must start with the name and have at most 63 characters."
  }

  assert {
    condition     = output.datasets_bucket != output.outputs_bucket && length(local.deadline_schedule_name) <= 64
    error_message = "Names must differ and fit."
  }
}

run "every_value_is_taken_literally" {
  command = plan

  variables {
    model   = "a'b\"c\n$${path.module} %%{if true}x%%{endif} $(reboot) `reboot` \\ $$ é"
    dataset = "$${var.name}\n<<EOT"
    command = ["sh", "-c", "$(reboot)"]
  }

  assert {
    condition = jsondecode(base64decode(regex("(?s)<<'BASE64'\n(.*?)\nBASE64", module.bootstrap.user_data)[0])) == {
      environment        = var.environment
      name               = "bert-lora"
      blueprint          = "aws/training"
      region             = "us-east-1"
      datasets_bucket    = output.datasets_bucket
      outputs_bucket     = output.outputs_bucket
      log_group          = output.log_group
      metrics_namespace  = local.metrics_namespace
      idle_minutes       = "0"
      checkpoint_minutes = "15"
      resume             = "true"
      data_volume_gib    = "0"
      mode               = "lora"
      precision          = "bf16"
      model              = "a'b\"c\n$${path.module} %%{if true}x%%{endif} $(reboot) `reboot` \\ $$ é"
      dataset            = "$${var.name}\n<<EOT"
      command            = jsonencode(["sh", "-c", "$(reboot)"])
    }
    error_message = "Model and dataset must reach the machine as they were given."
  }
}

run "refuses_hostile_or_impossible_values" {
  command = plan

  variables {
    name               = "Bert_LoRA"
    installation       = "x y"
    environment        = "$${aws:username}"
    owner              = "ada\"; reboot #"
    expires_at         = "tomorrow"
    region             = "us-east-1'"
    instance_type      = "g5"
    capacity           = "cheap"
    root_volume_gib    = 4
    ami_id             = "latest"
    ami_ssm_parameter  = "ami"
    model              = ""
    dataset            = ""
    mode               = "magic"
    precision          = "int2"
    log_retention_days = 2
    tags               = { "a\nb" = "c" }
  }

  expect_failures = [
    var.name, var.installation, var.environment, var.owner, var.expires_at, var.region, var.instance_type, var.capacity,
    var.root_volume_gib, var.ami_id, var.ami_ssm_parameter, var.model, var.dataset, var.mode,
    var.precision, var.log_retention_days, var.tags,
  ]
}

run "refuses_tags_that_pose_as_terradevs" {
  command = plan

  variables {
    tags = { "Terradev:Environment" = "other" }
  }

  expect_failures = [var.tags]
}

run "refuses_tags_that_iam_cannot_tell_apart" {
  command = plan

  variables {
    tags = { Team = "nlp", team = "vision" }
  }

  expect_failures = [var.tags]
}

run "refuses_zones_of_another_region" {
  command = plan

  variables {
    availability_zones = ["eu-west-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "no_data_feed_unless_wanted" {
  command = plan

  assert {
    condition     = length(module.data_feed) == 0
    error_message = "Nothing of the feed may be made."
  }
}

run "feeds_the_datasets_bucket" {
  variables {
    data_feeds = {
      reviews = { kind = "http", location = "https://example.com/reviews.csv" }
      imdb    = { kind = "hugging-face", location = "stanfordnlp/imdb", schedule = "rate(6 hours)" }
    }
  }

  assert {
    condition     = module.data_feed[0].schedule_names == { imdb = "${local.unique_name}-feed-imdb", reviews = "${local.unique_name}-feed-reviews" }
    error_message = "Each source must have its schedule."
  }
}

run "refuses_a_feed_of_an_unknown_kind" {
  command = plan

  variables {
    data_feeds = { reviews = { kind = "ftp", location = "ftp://example.com/reviews.csv" } }
  }

  expect_failures = [var.data_feeds]
}
