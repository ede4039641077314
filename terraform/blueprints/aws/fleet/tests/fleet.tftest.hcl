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

  mock_data "aws_availability_zones" {
    defaults = {
      names = ["us-east-1a", "us-east-1c", "us-east-1d"]
    }
  }

  mock_resource "aws_autoscaling_group" {
    defaults = {
      arn = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:00000000-0000-0000-0000-000000000000:autoScalingGroupName/mock"
    }
  }

  mock_resource "aws_autoscaling_policy" {
    defaults = {
      arn = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:00000000-0000-0000-0000-000000000000:autoScalingGroupName/mock:policyName/mock"
    }
  }

  mock_resource "aws_lb" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/mock/0123456789abcdef"
      arn_suffix = "app/mock/0123456789abcdef"
      dns_name   = "mock.us-east-1.elb.amazonaws.com"
    }
  }

  mock_resource "aws_lb_target_group" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/mock/0123456789abcdef"
      arn_suffix = "targetgroup/mock/0123456789abcdef"
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

run "a_fleet_is_closed_unless_somebody_is_named" {
  assert {
    condition     = local.settings.autoscaling_group == output.autoscaling_group && local.settings.lifecycle_hook == module.gpu_fleet.lifecycle_hook_name
    error_message = "Machines must know their group and its hook."
  }

  assert {
    condition     = !local.open && length(base64gzip(module.bootstrap.user_data)) <= 21844
    error_message = "Without allowed_cidrs only the VPC may reach the fleet, and the script of the first boot must fit."
  }

  assert {
    condition     = output.endpoint == "http://mock.us-east-1.elb.amazonaws.com"
    error_message = "The endpoint must be the load balancer's."
  }
}

run "on_demand_buys_no_spot" {
  command = plan

  variables {
    capacity = "on-demand"
  }

  assert {
    condition     = local.on_demand
    error_message = "On-demand capacity must not be bought on the spot market."
  }
}

run "an_image_of_ecr_may_be_pulled" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/serve:1"
  }

  assert {
    condition     = join(" ", local.image_repository_arns) == "arn:aws:ecr:eu-west-1:123456789012:repository/team/serve"
    error_message = "The role must reach the image's repository, and no other."
  }
}

run "every_value_is_taken_literally" {
  variables {
    model   = "a'b\"c\n$${path.module} %%{if true}x%%{endif} $(halt -p) `halt -p` \\ $$ é"
    image   = "team/serve:1"
    command = ["sh", "-c", "$(halt -p)"]
  }

  assert {
    condition     = jsondecode(base64decode(regex("(?s)<<'BASE64'\n(.*?)\nBASE64", module.bootstrap.user_data)[0])).model == var.model && !strcontains(module.bootstrap.user_data, "halt -p")
    error_message = "What a user typed must reach the machine as data."
  }
}

run "refuses_sizes_that_contradict_each_other" {
  command = plan

  variables {
    min_size             = 3
    max_size             = 2
    desired_size         = 2
    extra_instance_types = ["g5.xlarge"]
    on_demand_percentage = 101
    port                 = 0
  }

  expect_failures = [var.min_size, var.extra_instance_types, var.on_demand_percentage, var.port]
}
