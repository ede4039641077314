mock_provider "aws" {
  mock_resource "aws_ebs_volume" {
    defaults = {
      id  = "vol-0123456789abcdef0"
      arn = "arn:aws:ec2:us-east-1:123456789012:volume/vol-0123456789abcdef0"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/mock"
    }
  }
}

variables {
  name   = "bert-lora"
  region = "us-east-1"
  volumes = {
    data    = { availability_zone = "us-east-1a", size_gib = 100 }
    scratch = { availability_zone = "us-east-1b", size_gib = 500, type = "io2", iops = 4000, device_name = "/dev/sdg", snapshot_id = "snap-0123456789abcdef0" }
  }
  attachments = { data = "i-0123456789abcdef0" }
}

run "volumes_are_encrypted_and_as_ordered" {
  command = plan

  assert {
    condition     = length(aws_ebs_volume.this) == 2 && alltrue([for volume in aws_ebs_volume.this : volume.encrypted])
    error_message = "Every volume must be encrypted."
  }

  assert {
    condition     = aws_ebs_volume.this["data"].size == 100 && aws_ebs_volume.this["data"].type == "gp3" && aws_ebs_volume.this["data"].availability_zone == "us-east-1a"
    error_message = "The first volume must be 100 GiB of gp3 in its zone."
  }

  assert {
    condition     = aws_ebs_volume.this["scratch"].type == "io2" && aws_ebs_volume.this["scratch"].iops == 4000 && aws_ebs_volume.this["scratch"].snapshot_id == "snap-0123456789abcdef0"
    error_message = "The second volume must be io2 from the snapshot."
  }
}

run "only_what_is_to_be_attached_is" {
  assert {
    condition     = keys(aws_volume_attachment.this) == ["data"] && aws_volume_attachment.this["data"].instance_id == "i-0123456789abcdef0" && aws_volume_attachment.this["data"].device_name == "/dev/sdf" && aws_volume_attachment.this["data"].skip_destroy
    error_message = "The first volume must be attached to the machine, and never be torn off it."
  }

  assert {
    condition     = output.volume_ids["data"] == "vol-0123456789abcdef0" && output.policy_id == aws_dlm_lifecycle_policy.this[0].id
    error_message = "The outputs must name volumes and policy."
  }
}

run "snapshots_are_taken_daily_of_the_own_volumes" {
  command = plan

  assert {
    condition     = aws_dlm_lifecycle_policy.this[0].policy_details[0].target_tags == tomap({ "terradev:snapshots" = "bert-lora" }) && alltrue([for volume in aws_ebs_volume.this : volume.tags["terradev:snapshots"] == "bert-lora"])
    error_message = "The policy must find the volumes by their tag."
  }

  assert {
    condition = (
      aws_dlm_lifecycle_policy.this[0].policy_details[0].schedule[0].create_rule[0].interval == 24 &&
      aws_dlm_lifecycle_policy.this[0].policy_details[0].schedule[0].retain_rule[0].count == 7 &&
      aws_dlm_lifecycle_policy.this[0].policy_details[0].schedule[0].copy_tags
    )
    error_message = "A snapshot a day must be kept for a week, with the volume's tags."
  }
}

run "the_role_reaches_the_own_volumes_alone" {
  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.snapshots[0].policy).Statement : statement.Sid => [join(" ", statement.Action), statement.Resource, try(statement.Condition.StringEquals["aws:ResourceTag/terradev:snapshots"], "")]
      } == {
      FindVolumesAndSnapshots = ["ec2:DescribeInstances ec2:DescribeSnapshots ec2:DescribeVolumes", "*", ""]
      ReadOwnVolumes          = ["ec2:CreateSnapshot", "arn:aws:ec2:us-east-1:123456789012:volume/*", "bert-lora"]
      MakeSnapshots           = ["ec2:CreateSnapshot ec2:CreateTags", "arn:aws:ec2:us-east-1::snapshot/*", ""]
      DropOwnSnapshots        = ["ec2:DeleteSnapshot", "arn:aws:ec2:us-east-1::snapshot/*", "bert-lora"]
    }
    error_message = "The role may read and drop only what carries the tag."
  }

  assert {
    condition = jsondecode(aws_iam_role.snapshots[0].assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "dlm.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = "123456789012" }
        ArnLike      = { "aws:SourceArn" = "arn:aws:dlm:us-east-1:123456789012:policy/*" }
      }
    }]
    error_message = "Only policies of this account may use the role."
  }
}

run "snapshots_can_be_off" {
  command = plan

  variables {
    snapshots = null
  }

  assert {
    condition     = length(aws_dlm_lifecycle_policy.this) + length(aws_iam_role.snapshots) + length(aws_iam_role_policy.snapshots) == 0 && output.policy_id == null
    error_message = "Nothing of the snapshots may be left."
  }
}

run "tags_reach_every_taggable_resource" {
  command = plan

  variables {
    tags = { team = "$${nlp} \"x\"" }
  }

  assert {
    condition = alltrue([for tags in concat(
      [for volume in aws_ebs_volume.this : volume.tags],
      [aws_iam_role.snapshots[0].tags, aws_dlm_lifecycle_policy.this[0].tags],
    ) : tags["team"] == "$${nlp} \"x\"" && startswith(tags["Name"], "bert-lora-")])
    error_message = "Every taggable resource must carry the tags, as they were given, and a name."
  }
}

run "refuses_hostile_or_impossible_values" {
  command = plan

  variables {
    name        = "$${aws:username}"
    snapshots   = { interval_hours = 5, keep = 0 }
    volumes     = {}
    attachments = {}
  }

  expect_failures = [var.name, var.snapshots, var.volumes]
}

run "refuses_a_key_that_is_no_name" {
  command = plan

  variables {
    attachments = {}
    volumes     = { "a b" = { availability_zone = "us-east-1a", size_gib = 100 } }
  }

  expect_failures = [var.volumes]
}

run "refuses_half_a_gibibyte" {
  command = plan

  variables {
    attachments = {}
    volumes     = { data = { availability_zone = "us-east-1a", size_gib = 0.5 } }
  }

  expect_failures = [var.volumes]
}

run "refuses_io2_without_its_iops" {
  command = plan

  variables {
    attachments = {}
    volumes     = { data = { availability_zone = "us-east-1a", size_gib = 100, type = "io2" } }
  }

  expect_failures = [var.volumes]
}

run "refuses_throughput_where_it_cannot_be_bought" {
  command = plan

  variables {
    attachments = {}
    volumes     = { data = { availability_zone = "us-east-1a", size_gib = 500, type = "st1", throughput = 250 } }
  }

  expect_failures = [var.volumes]
}

run "refuses_the_device_of_the_root_volume" {
  command = plan

  variables {
    attachments = {}
    volumes     = { data = { availability_zone = "us-east-1a", size_gib = 100, device_name = "/dev/xvda" } }
  }

  expect_failures = [var.volumes]
}

run "refuses_a_type_without_a_promise" {
  command = plan

  variables {
    attachments = {}
    volumes     = { data = { availability_zone = "us-east-1a", size_gib = 100, type = "standard" } }
  }

  expect_failures = [var.volumes]
}

run "refuses_a_snapshot_that_is_none" {
  command = plan

  variables {
    attachments = {}
    volumes     = { data = { availability_zone = "us-east-1a", size_gib = 100, snapshot_id = "ami-0123456789abcdef0" } }
  }

  expect_failures = [var.volumes]
}

run "refuses_to_attach_a_volume_that_is_not_there" {
  command = plan

  variables {
    attachments = { other = "i-0123456789abcdef0" }
  }

  expect_failures = [var.attachments]
}
