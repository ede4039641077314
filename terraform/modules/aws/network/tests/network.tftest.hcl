mock_provider "aws" {
  mock_resource "aws_vpc" {
    defaults = {
      id       = "vpc-0123456789abcdef0"
      owner_id = "123456789012"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vpc/bert-lora"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/mock"
    }
  }

  mock_resource "aws_eip" {
    defaults = {
      public_ip = "198.51.100.7"
    }
  }
}

variables {
  name               = "bert-lora"
  region             = "eu-west-1"
  availability_zones = ["eu-west-1b", "eu-west-1a"]
}

run "subnets_are_numbered_in_the_order_of_the_zones" {
  command = plan

  assert {
    condition     = aws_subnet.public["eu-west-1b"].cidr_block == "10.0.1.0/24" && aws_subnet.public["eu-west-1a"].cidr_block == "10.0.2.0/24"
    error_message = "The first zone must get 10.0.1.0/24, the second 10.0.2.0/24."
  }

  assert {
    condition     = aws_subnet.private["eu-west-1b"].cidr_block == "10.0.11.0/24" && aws_subnet.private["eu-west-1a"].cidr_block == "10.0.12.0/24"
    error_message = "Private subnets must be numbered from 11."
  }

  assert {
    condition     = aws_vpc.this[0].cidr_block == "10.0.0.0/16" && aws_vpc.this[0].enable_dns_support && aws_vpc.this[0].enable_dns_hostnames
    error_message = "The VPC must be 10.0.0.0/16 with DNS on."
  }

  assert {
    condition     = aws_vpc_endpoint.s3[0].service_name == "com.amazonaws.eu-west-1.s3" && aws_vpc_endpoint.s3[0].vpc_endpoint_type == "Gateway"
    error_message = "S3 must be reached through a gateway endpoint of the region."
  }

  assert {
    condition     = alltrue([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private)) : subnet.map_public_ip_on_launch != true])
    error_message = "A subnet must not hand out public addresses by itself."
  }
}

run "default_security_group_has_no_rules" {
  assert {
    condition     = length(aws_default_security_group.locked[0].ingress) == 0 && length(aws_default_security_group.locked[0].egress) == 0
    error_message = "The default security group must be locked."
  }

  assert {
    condition     = length(output.public_subnet_ids) == 2 && output.public_subnet_cidrs[0] == "10.0.1.0/24"
    error_message = "One public subnet per zone must be put out."
  }

  assert {
    condition     = length(output.private_subnet_ids) == 2 && output.private_subnet_cidrs[1] == "10.0.12.0/24" && output.vpc_cidr == "10.0.0.0/16"
    error_message = "One private subnet per zone must be put out."
  }
}

run "private_subnets_reach_s3_alone_unless_told_otherwise" {
  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_eip.nat) == 0 && length(aws_route.nat) == 0 && output.nat_public_ip == null
    error_message = "There must be no NAT gateway, nor an address or a route for one."
  }

  assert {
    condition     = length(aws_vpc_endpoint.ssm) == 0 && length(aws_security_group.endpoints) == 0 && length(aws_vpc_security_group_ingress_rule.endpoints) == 0
    error_message = "There must be no interface endpoints."
  }

  assert {
    condition = alltrue([for association in aws_route_table_association.private : association.route_table_id == aws_route_table.private[0].id]) && (
      toset(aws_vpc_endpoint.s3[0].route_table_ids) == toset([aws_route_table.public[0].id, aws_route_table.private[0].id])
    )
    error_message = "Both kinds of subnets must reach S3 through the endpoint."
  }

  assert {
    condition     = aws_route.internet[0].route_table_id == aws_route_table.public[0].id && aws_route_table.public[0].id != aws_route_table.private[0].id
    error_message = "The internet gateway must serve the public subnets only."
  }
}

run "one_nat_gateway_serves_the_private_subnets" {
  variables {
    nat_gateway = true
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 1 && aws_nat_gateway.this[0].subnet_id == aws_subnet.public["eu-west-1b"].id && aws_nat_gateway.this[0].allocation_id == aws_eip.nat[0].id
    error_message = "The one gateway must stand in the first public subnet, with an address of its own."
  }

  assert {
    condition     = aws_route.nat[0].route_table_id == aws_route_table.private[0].id && aws_route.nat[0].nat_gateway_id == aws_nat_gateway.this[0].id && aws_route.nat[0].destination_cidr_block == "0.0.0.0/0"
    error_message = "Private subnets must reach the internet through the gateway."
  }

  assert {
    condition     = output.nat_public_ip == "198.51.100.7"
    error_message = "The address must be put out."
  }
}

run "systems_manager_endpoints_admit_the_vpc_alone" {
  variables {
    ssm_endpoints = true
    vpc_cidr      = "10.7.0.0/16"
  }

  assert {
    condition = toset([for endpoint in aws_vpc_endpoint.ssm : endpoint.service_name]) == toset([
      "com.amazonaws.eu-west-1.ssm", "com.amazonaws.eu-west-1.ssmmessages", "com.amazonaws.eu-west-1.ec2messages"
    ])
    error_message = "Session Manager needs all three endpoints."
  }

  assert {
    condition = alltrue([for endpoint in aws_vpc_endpoint.ssm :
      endpoint.vpc_endpoint_type == "Interface" && endpoint.private_dns_enabled &&
      toset(endpoint.subnet_ids) == toset([for subnet in aws_subnet.private : subnet.id]) &&
      toset(endpoint.security_group_ids) == toset([aws_security_group.endpoints[0].id])
    ])
    error_message = "Endpoints must stand in the private subnets behind their own security group."
  }

  assert {
    condition = length(aws_vpc_security_group_ingress_rule.endpoints) == 1 && [
      aws_vpc_security_group_ingress_rule.endpoints[0].cidr_ipv4,
      aws_vpc_security_group_ingress_rule.endpoints[0].ip_protocol,
      tostring(aws_vpc_security_group_ingress_rule.endpoints[0].from_port),
      tostring(aws_vpc_security_group_ingress_rule.endpoints[0].to_port),
    ] == ["10.7.0.0/16", "tcp", "443", "443"]
    error_message = "Only HTTPS from the VPC may be admitted."
  }
}

run "flow_logs_are_kept_and_written_by_a_role_that_can_do_nothing_else" {
  variables {
    flow_log_retention_days = 90
  }

  assert {
    condition     = aws_cloudwatch_log_group.flow_logs[0].name == "/aws/vpc/bert-lora" && aws_cloudwatch_log_group.flow_logs[0].retention_in_days == 90 && output.flow_log_group == "/aws/vpc/bert-lora"
    error_message = "The log group must be named after the VPC and forget."
  }

  assert {
    condition     = aws_flow_log.this[0].vpc_id == "vpc-0123456789abcdef0" && aws_flow_log.this[0].traffic_type == "ALL" && aws_flow_log.this[0].log_destination == aws_cloudwatch_log_group.flow_logs[0].arn
    error_message = "All traffic of the VPC must be logged to the group."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.flow_logs[0].policy).Statement == [{
      Sid      = "WriteFlowLogs"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vpc/bert-lora", "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vpc/bert-lora:*"]
    }]
    error_message = "The role must reach the group alone."
  }

  assert {
    condition = jsondecode(aws_iam_role.flow_logs[0].assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = "123456789012" }
        ArnLike      = { "aws:SourceArn" = "arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/*" }
      }
    }]
    error_message = "Only flow logs of this account may use the role."
  }
}

run "flow_logs_can_be_off" {
  command = plan

  variables {
    flow_logs = false
  }

  assert {
    condition     = length(aws_flow_log.this) + length(aws_cloudwatch_log_group.flow_logs) + length(aws_iam_role.flow_logs) + length(aws_iam_role_policy.flow_logs) == 0 && output.flow_log_group == null
    error_message = "Nothing of the flow logs may be left."
  }
}

run "an_existing_network_is_used_as_it_is" {
  command = plan

  variables {
    nat_gateway   = true
    ssm_endpoints = true
    existing_network = {
      vpc_id             = "vpc-0aaaaaaaaaaaaaaaa"
      vpc_cidr           = "172.16.0.0/20"
      public_subnet_ids  = ["subnet-0aaaaaaaaaaaaaaaa"]
      private_subnet_ids = ["subnet-0bbbbbbbbbbbbbbbb", "subnet-0cccccccccccccccc"]
    }
  }

  assert {
    condition = sum([
      length(aws_vpc.this), length(aws_default_security_group.locked), length(aws_internet_gateway.this), length(aws_subnet.public), length(aws_subnet.private),
      length(aws_route_table.public), length(aws_route_table.private), length(aws_route.internet), length(aws_route.nat), length(aws_route_table_association.public),
      length(aws_route_table_association.private), length(aws_eip.nat), length(aws_nat_gateway.this), length(aws_vpc_endpoint.s3), length(aws_vpc_endpoint.ssm),
      length(aws_security_group.endpoints), length(aws_vpc_security_group_ingress_rule.endpoints), length(aws_flow_log.this), length(aws_cloudwatch_log_group.flow_logs),
      length(aws_iam_role.flow_logs), length(aws_iam_role_policy.flow_logs),
    ]) == 0
    error_message = "Nothing may be created beside an existing network."
  }

  assert {
    condition     = output.vpc_id == "vpc-0aaaaaaaaaaaaaaaa" && output.vpc_cidr == "172.16.0.0/20" && join(" ", output.public_subnet_ids) == "subnet-0aaaaaaaaaaaaaaaa" && join(" ", output.private_subnet_ids) == "subnet-0bbbbbbbbbbbbbbbb subnet-0cccccccccccccccc"
    error_message = "The outputs must repeat what was given."
  }

  assert {
    condition     = length(output.public_subnet_cidrs) == 0 && length(output.private_subnet_cidrs) == 0 && output.nat_public_ip == null && output.flow_log_group == null
    error_message = "What is not known must not be made up."
  }
}

run "tags_reach_every_taggable_resource" {
  command = plan

  variables {
    tags          = { team = "nlp" }
    nat_gateway   = true
    ssm_endpoints = true
  }

  assert {
    condition = alltrue([for tags in concat(
      [aws_vpc.this[0].tags, aws_default_security_group.locked[0].tags, aws_internet_gateway.this[0].tags, aws_route_table.public[0].tags, aws_vpc_endpoint.s3[0].tags],
      [aws_route_table.private[0].tags, aws_eip.nat[0].tags, aws_nat_gateway.this[0].tags, aws_security_group.endpoints[0].tags],
      [aws_vpc_security_group_ingress_rule.endpoints[0].tags, aws_iam_role.flow_logs[0].tags, aws_flow_log.this[0].tags],
      [for subnet in concat(values(aws_subnet.public), values(aws_subnet.private)) : subnet.tags],
      [for endpoint in aws_vpc_endpoint.ssm : endpoint.tags],
    ) : tags["team"] == "nlp" && startswith(tags["Name"], "bert-lora")])
    error_message = "Every taggable resource must carry the tags and a name."
  }

  assert {
    condition     = aws_cloudwatch_log_group.flow_logs[0].tags == tomap({ team = "nlp", Name = "/aws/vpc/bert-lora" })
    error_message = "The log group must carry the tags and its name."
  }
}

run "refuses_a_zone_named_twice" {
  command = plan

  variables {
    availability_zones = ["eu-west-1a", "eu-west-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "refuses_a_vpc_too_small_for_its_subnets" {
  command = plan

  variables {
    vpc_cidr = "10.0.0.0/24"
  }

  expect_failures = [var.vpc_cidr]
}

run "refuses_hostile_or_impossible_values" {
  command = plan

  variables {
    name                    = "$${aws:username}/*"
    flow_log_retention_days = 31
  }

  expect_failures = [var.name, var.flow_log_retention_days]
}

run "refuses_an_existing_network_without_subnets" {
  command = plan

  variables {
    existing_network = { vpc_id = "vpc-0aaaaaaaaaaaaaaaa", vpc_cidr = "172.16.0.0/20" }
  }

  expect_failures = [var.existing_network]
}

run "refuses_an_existing_network_whose_vpc_is_no_vpc" {
  command = plan

  variables {
    existing_network = { vpc_id = "subnet-0aaaaaaaaaaaaaaaa", vpc_cidr = "172.16.0.0/20", public_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa"] }
  }

  expect_failures = [var.existing_network]
}

run "refuses_an_existing_network_without_a_range" {
  command = plan

  variables {
    existing_network = { vpc_id = "vpc-0aaaaaaaaaaaaaaaa", vpc_cidr = "everything", public_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa"] }
  }

  expect_failures = [var.existing_network]
}

run "refuses_a_subnet_that_is_public_and_private" {
  command = plan

  variables {
    existing_network = { vpc_id = "vpc-0aaaaaaaaaaaaaaaa", vpc_cidr = "172.16.0.0/20", public_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa"], private_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa"] }
  }

  expect_failures = [var.existing_network]
}
