mock_provider "aws" {
  mock_resource "aws_efs_file_system" {
    defaults = {
      id  = "fs-0123456789abcdef0"
      arn = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0123456789abcdef0"
    }
  }

  mock_resource "aws_efs_access_point" {
    defaults = {
      arn = "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0"
    }
  }
}

variables {
  name                      = "bert-lora"
  vpc_id                    = "vpc-0123456789abcdef0"
  subnet_ids                = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  client_security_group_ids = ["sg-0aaaaaaaaaaaaaaaa", "sg-0bbbbbbbbbbbbbbbb"]
}

run "encrypted_backed_up_and_tiered" {
  command = plan

  assert {
    condition     = aws_efs_file_system.this.encrypted && aws_efs_file_system.this.throughput_mode == "elastic" && [for policy in aws_efs_file_system.this.lifecycle_policy : policy.transition_to_ia] == ["AFTER_30_DAYS"]
    error_message = "The file system must be encrypted, elastic and tiered after 30 days."
  }

  assert {
    condition     = aws_efs_backup_policy.this.backup_policy[0].status == "ENABLED"
    error_message = "Backups must be on."
  }
}

run "backups_can_be_off" {
  command = plan

  variables {
    backups         = false
    throughput_mode = "bursting"
  }

  assert {
    condition     = aws_efs_backup_policy.this.backup_policy[0].status == "DISABLED" && aws_efs_file_system.this.throughput_mode == "bursting"
    error_message = "Backups and throughput must follow the variables."
  }
}

run "nobody_mounts_without_tls_or_past_the_access_point" {
  assert {
    condition = jsondecode(aws_efs_file_system_policy.this.policy).Statement[0] == {
      Sid       = "DenyUnencryptedConnections"
      Effect    = "Deny"
      Principal = { AWS = "*" }
      Action    = "*"
      Resource  = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0123456789abcdef0"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }
    error_message = "Connections without TLS must be refused."
  }

  assert {
    condition = jsondecode(aws_efs_file_system_policy.this.policy).Statement[1] == {
      Sid       = "DenyMountsPastTheAccessPoint"
      Effect    = "Deny"
      Principal = { AWS = "*" }
      Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"]
      Resource  = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0123456789abcdef0"
      Condition = { StringNotEquals = { "elasticfilesystem:AccessPointArn" = "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0" } }
    }
    error_message = "Mounts past the access point must be refused."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_efs_file_system_policy.this.policy).Statement : statement.Effect == "Deny"])
    error_message = "The policy may allow nobody: that is the roles' own policies' matter."
  }
}

run "the_access_point_makes_everybody_user_1000" {
  command = plan

  assert {
    condition     = aws_efs_access_point.shared.posix_user[0].uid == 1000 && aws_efs_access_point.shared.posix_user[0].gid == 1000 && aws_efs_access_point.shared.root_directory[0].path == "/shared"
    error_message = "The access point must pin the user and the folder."
  }

  assert {
    condition     = aws_efs_access_point.shared.root_directory[0].creation_info[0].owner_uid == 1000 && aws_efs_access_point.shared.root_directory[0].creation_info[0].permissions == "0770"
    error_message = "The folder must belong to that user and be closed to others."
  }
}

run "clients_alone_reach_the_mount_targets" {
  assert {
    condition     = [for target in aws_efs_mount_target.this : target.subnet_id] == ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"] && alltrue([for target in aws_efs_mount_target.this : toset(target.security_groups) == toset([aws_security_group.this.id])])
    error_message = "Each subnet must have a mount target behind the security group."
  }

  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.clients : rule.referenced_security_group_id] == ["sg-0aaaaaaaaaaaaaaaa", "sg-0bbbbbbbbbbbbbbbb"]
    error_message = "Each client must be admitted."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.clients : rule.from_port == 2049 && rule.to_port == 2049 && rule.ip_protocol == "tcp" && rule.cidr_ipv4 == null && rule.cidr_ipv6 == null])
    error_message = "Only NFS may be admitted, and from no address range."
  }

  assert {
    condition     = output.file_system_id == "fs-0123456789abcdef0" && output.access_point_arn == aws_efs_access_point.shared.arn && output.security_group_id == aws_security_group.this.id
    error_message = "The outputs must describe the file system."
  }
}

run "tags_reach_every_taggable_resource" {
  command = plan

  variables {
    tags = { team = "$${nlp} \"x\"" }
  }

  assert {
    condition = alltrue([for tags in concat(
      [aws_efs_file_system.this.tags, aws_efs_access_point.shared.tags, aws_security_group.this.tags],
      [for rule in aws_vpc_security_group_ingress_rule.clients : rule.tags],
    ) : tags["team"] == "$${nlp} \"x\"" && startswith(tags["Name"], "bert-lora")])
    error_message = "Every taggable resource must carry the tags, as they were given, and a name."
  }
}

run "refuses_hostile_or_impossible_values" {
  command = plan

  variables {
    name                      = "$${aws:username}"
    subnet_ids                = []
    client_security_group_ids = []
    throughput_mode           = "provisioned"
  }

  expect_failures = [var.name, var.subnet_ids, var.client_security_group_ids, var.throughput_mode]
}
