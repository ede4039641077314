mock_provider "aws" {}

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
    condition     = aws_vpc.this.cidr_block == "10.0.0.0/16" && aws_vpc.this.enable_dns_support && aws_vpc.this.enable_dns_hostnames
    error_message = "The VPC must be 10.0.0.0/16 with DNS on."
  }

  assert {
    condition     = aws_vpc_endpoint.s3.service_name == "com.amazonaws.eu-west-1.s3" && aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway"
    error_message = "S3 must be reached through a gateway endpoint of the region."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : subnet.map_public_ip_on_launch != true])
    error_message = "A subnet must not hand out public addresses by itself."
  }
}

run "default_security_group_has_no_rules" {
  assert {
    condition     = length(aws_default_security_group.locked.ingress) == 0 && length(aws_default_security_group.locked.egress) == 0
    error_message = "The default security group must be locked."
  }

  assert {
    condition     = length(output.public_subnet_ids) == 2 && output.public_subnet_cidrs[0] == "10.0.1.0/24"
    error_message = "One subnet per zone must be put out."
  }
}

run "tags_reach_every_taggable_resource" {
  command = plan

  variables {
    tags = { team = "nlp" }
  }

  assert {
    condition = alltrue([for tags in concat(
      [aws_vpc.this.tags, aws_default_security_group.locked.tags, aws_internet_gateway.this.tags, aws_route_table.public.tags, aws_vpc_endpoint.s3.tags],
      [for subnet in aws_subnet.public : subnet.tags]
    ) : tags["team"] == "nlp" && startswith(tags["Name"], "bert-lora")])
    error_message = "Every taggable resource must carry the tags and a name."
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
