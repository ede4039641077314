mock_provider "aws" {}

variables {
  name             = "bert-lora"
  region           = "us-east-1"
  vpc_id           = "vpc-0123456789abcdef0"
  subnet_id        = "subnet-0123456789abcdef0"
  ami_id           = "ami-0123456789abcdef0"
  image_key        = "ami-0123456789abcdef0"
  instance_type    = "g5.xlarge"
  capacity         = "spot"
  root_volume_gib  = 200
  instance_profile = "bert-lora-instance"
  user_data        = "#!/bin/bash\n"
  user_data_key    = "1"
}

run "spot_is_one_time_and_terminates" {
  command = plan

  assert {
    condition = (aws_launch_template.this.instance_market_options[0].market_type == "spot"
      && aws_launch_template.this.instance_market_options[0].spot_options[0].spot_instance_type == "one-time"
    && aws_launch_template.this.instance_market_options[0].spot_options[0].instance_interruption_behavior == "terminate")
    error_message = "A spot request must not outlive its machine."
  }
}

run "on_demand_terminates_when_powered_off" {
  command = plan

  variables {
    capacity = "on-demand"
  }

  assert {
    condition     = aws_launch_template.this.instance_initiated_shutdown_behavior == "terminate" && length(aws_launch_template.this.instance_market_options) == 0
    error_message = "Power-off must terminate an on-demand machine."
  }
}

run "spot_with_fallback_is_spot_while_there_is_some" {
  command = plan

  variables {
    capacity = "spot-with-fallback"
  }

  assert {
    condition     = length(aws_launch_template.this.instance_market_options) == 1 && terraform_data.wish.input.capacity == "spot"
    error_message = "Spot must be tried first."
  }
}

run "spot_with_fallback_is_on_demand_when_there_is_none" {
  command = plan

  variables {
    capacity         = "spot-with-fallback"
    spot_unavailable = true
  }

  assert {
    condition     = length(aws_launch_template.this.instance_market_options) == 0 && terraform_data.wish.input.capacity == "on-demand" && aws_launch_template.this.instance_initiated_shutdown_behavior == "terminate"
    error_message = "Without spot capacity the machine must be bought on demand."
  }
}

run "machine_is_closed_and_its_disks_encrypted" {
  command = plan

  variables {
    data_volume_gib = 500
  }

  assert {
    condition     = aws_launch_template.this.metadata_options[0].http_tokens == "required" && aws_launch_template.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Metadata must need a token and stay on the machine."
  }

  assert {
    condition = length(aws_launch_template.this.block_device_mappings) == 2 && alltrue([for disk in aws_launch_template.this.block_device_mappings :
      disk.ebs[0].encrypted == "true" && disk.ebs[0].volume_type == "gp3" && disk.ebs[0].delete_on_termination == "true"
    ])
    error_message = "Every volume must be encrypted gp3 and go with the machine."
  }

  assert {
    condition     = aws_launch_template.this.block_device_mappings[0].ebs[0].volume_size == 200 && aws_launch_template.this.block_device_mappings[1].ebs[0].volume_size == 500
    error_message = "Volumes must have the asked sizes."
  }

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.this) == ["443", "80"] && length(aws_vpc_security_group_ingress_rule.this) == 0
    error_message = "Only HTTP and HTTPS may leave, and nobody may come in."
  }

  assert {
    condition     = length(aws_placement_group.this) == 0 && length(aws_vpc_security_group_ingress_rule.peers) == 0
    error_message = "One machine needs no group."
  }
}

run "several_machines_are_near_each_other_and_may_talk" {
  command = plan

  variables {
    instance_count = 3
  }

  assert {
    condition     = length(aws_instance.this) == 3 && aws_placement_group.this[0].strategy == "cluster" && alltrue([for machine in aws_instance.this : machine.placement_group == "bert-lora"])
    error_message = "Machines that train together must share a cluster placement group."
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.peers) == 1 && length(aws_vpc_security_group_egress_rule.peers) == 1
    error_message = "Machines that train together must reach each other."
  }
}

run "named_ranges_may_connect" {
  command = plan

  variables {
    ingress = { jupyter = { port = 8888, cidrs = ["203.0.113.0/24", "2001:db8::/32"], description = "Jupyter" } }
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.this["jupyter-203.0.113.0/24"].from_port == 8888 && aws_vpc_security_group_ingress_rule.this["jupyter-2001:db8::/32"].cidr_ipv6 == "2001:db8::/32"
    error_message = "The named ranges, and they alone, must reach the port."
  }
}

run "refuses_the_whole_internet" {
  command = plan

  variables {
    ingress = { ssh = { port = 22, cidrs = ["1.2.3.4/0"], description = "SSH" } }
  }

  expect_failures = [var.ingress]
}

run "opens_to_the_whole_internet_when_forced" {
  command = plan

  variables {
    allow_open_ingress = true
    ingress            = { ssh = { port = 22, cidrs = ["0.0.0.0/0"], description = "SSH" } }
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.this) == 1
    error_message = "Who forces it gets it."
  }
}

run "long_scripts_are_compressed" {
  command = plan

  variables {
    user_data = "#!/bin/bash\n${join("\n", [for i in range(1000) : "echo a line of a script like many others"])}\n"
  }

  assert {
    condition     = aws_launch_template.this.user_data == base64gzip(var.user_data) && length(var.user_data) > 16384
    error_message = "EC2 takes 16384 bytes, and cloud-init unpacks what is compressed."
  }
}

run "refuses_scripts_that_are_too_long_even_compressed" {
  command = plan

  variables {
    user_data = "#!/bin/bash\n${join("\n", [for i in range(1000) : sha256(tostring(i))])}\n"
  }

  expect_failures = [var.user_data]
}

run "refuses_unknown_capacity_and_fractions_of_a_gib" {
  command = plan

  variables {
    capacity        = "reserved"
    root_volume_gib = 99.5
    instance_count  = 17
    data_volume_gib = -1
    user_data       = "reboot"
  }

  expect_failures = [var.capacity, var.root_volume_gib, var.instance_count, var.data_volume_gib, var.user_data]
}
