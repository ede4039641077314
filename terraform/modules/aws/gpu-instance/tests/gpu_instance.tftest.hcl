mock_provider "aws" {}

variables {
  name                   = "bert-lora"
  region                 = "us-east-1"
  vpc_id                 = "vpc-0123456789abcdef0"
  subnet_id              = "subnet-0123456789abcdef0"
  ami_id                 = "ami-0123456789abcdef0"
  image_key              = "ami-0123456789abcdef0"
  instance_type          = "g5.xlarge"
  capacity               = "spot"
  root_volume_gib        = 200
  instance_profile       = "bert-lora-instance"
  expires_at             = "2030-01-31T18:05:09Z"
  deadline_schedule_name = "bert-lora-deadline"
}

run "spot_is_one_time_and_terminates" {
  command = plan

  assert {
    condition     = aws_instance.this.instance_market_options[0].market_type == "spot"
    error_message = "Spot capacity must be bought on the spot market."
  }

  assert {
    condition = (aws_instance.this.instance_market_options[0].spot_options[0].spot_instance_type == "one-time"
    && aws_instance.this.instance_market_options[0].spot_options[0].instance_interruption_behavior == "terminate")
    error_message = "A spot request must not outlive its machine."
  }
}

run "on_demand_terminates_when_powered_off" {
  command = plan

  variables {
    capacity = "on-demand"
  }

  assert {
    condition     = aws_instance.this.instance_initiated_shutdown_behavior == "terminate"
    error_message = "Power-off must terminate an on-demand machine."
  }
}

run "machine_is_closed_and_its_disk_encrypted" {
  command = plan

  assert {
    condition     = aws_instance.this.metadata_options[0].http_tokens == "required" && aws_instance.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Metadata must need a token and stay on the machine."
  }

  assert {
    condition = alltrue([for disk in aws_instance.this.root_block_device :
      disk.encrypted && disk.volume_type == "gp3" && disk.volume_size == 200 && disk.delete_on_termination && disk.tags["Name"] == "bert-lora-root"
    ])
    error_message = "The root volume must be encrypted gp3 of the asked size, tagged, and go with the machine."
  }

  assert {
    condition     = aws_instance.this.associate_public_ip_address
    error_message = "The machine needs a public address."
  }

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.this) == ["443", "80"]
    error_message = "Only HTTP and HTTPS may leave."
  }
}

run "settings_never_become_shell" {
  command = plan

  variables {
    settings = {
      model = "a'b\"c\n$${path.module} %%{if true} $(reboot) `reboot`\nBASE64\nreboot"
    }
  }

  assert {
    condition = (!strcontains(aws_instance.this.user_data, "reboot")
      && strcontains(aws_instance.this.user_data, base64encode("{\"model\":\"a'b\\\"c\\n$${path.module} %%{if true} $(reboot) `reboot`\\nBASE64\\nreboot\"}"))
    )
    error_message = "Settings must reach the script as base64 only, and literally."
  }
}

run "refuses_settings_larger_than_user_data" {
  command = plan

  variables {
    settings = { model = join("", [for i in range(1000) : "0123456789"]) }
  }

  expect_failures = [var.settings]
}

run "refuses_a_deadline_that_is_shell" {
  command = plan

  variables {
    expires_at = "2030-01-31T18:05:09Z'; reboot; '"
  }

  expect_failures = [var.expires_at]
}

run "refuses_a_schedule_name_that_is_shell" {
  command = plan

  variables {
    deadline_schedule_name = "x'; reboot"
  }

  expect_failures = [var.deadline_schedule_name]
}

run "refuses_unknown_capacity_and_fractions_of_a_gib" {
  command = plan

  variables {
    capacity        = "reserved"
    root_volume_gib = 99.5
  }

  expect_failures = [var.capacity, var.root_volume_gib]
}
