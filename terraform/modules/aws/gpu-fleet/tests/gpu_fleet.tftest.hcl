mock_provider "aws" {
  mock_resource "aws_lb" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/chat-lb/0123456789abcdef"
      arn_suffix = "app/chat-lb/0123456789abcdef"
      dns_name   = "chat-lb-1.us-east-1.elb.amazonaws.com"
    }
  }

  mock_resource "aws_lb_target_group" {
    defaults = {
      arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/chat-8000/0123456789abcdef"
    }
  }

  mock_resource "aws_autoscaling_policy" {
    defaults = {
      arn = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1:autoScalingGroupName/chat-fleet:policyName/chat-wake"
    }
  }

  mock_resource "aws_launch_template" {
    defaults = {
      id = "lt-0123456789abcdef0"
    }
  }
}

variables {
  name              = "chat"
  region            = "us-east-1"
  vpc_id            = "vpc-0123456789abcdef0"
  subnet_ids        = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  ami_id            = "ami-0123456789abcdef0"
  instance_types    = ["g6.xlarge", "g5.xlarge", "g4dn.xlarge"]
  min_size          = 1
  max_size          = 4
  desired_size      = 2
  root_volume_gib   = 200
  instance_profile  = "chat-instance"
  metrics_namespace = "Terradev/chat"
  user_data         = "#!/bin/bash\necho 1\n"
  user_data_key     = "1"
  image_key         = "/aws/service/ami"
}

run "machines_are_closed_and_their_disks_encrypted" {
  command = plan

  assert {
    condition     = aws_launch_template.this.metadata_options[0].http_tokens == "required" && aws_launch_template.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Metadata must need a token and stay on the machine."
  }

  assert {
    condition = alltrue([for disk in aws_launch_template.this.block_device_mappings :
      disk.ebs[0].encrypted == "true" && disk.ebs[0].volume_type == "gp3" && disk.ebs[0].volume_size == 200 && disk.ebs[0].delete_on_termination == "true"
    ])
    error_message = "Every volume must be encrypted gp3 and go with its machine."
  }

  assert {
    condition = (keys(aws_vpc_security_group_egress_rule.this) == ["443", "80"]
    && length(aws_vpc_security_group_ingress_rule.machines) == 0 && length(aws_lb.this) == 0 && output.endpoint == null)
    error_message = "Without a load balancer nobody may connect."
  }
}

run "spot_machines_come_from_several_types_and_are_replaced_early" {
  command = plan

  assert {
    condition = (aws_autoscaling_group.this.mixed_instances_policy[0].instances_distribution[0].spot_allocation_strategy == "price-capacity-optimized"
      && aws_autoscaling_group.this.mixed_instances_policy[0].instances_distribution[0].on_demand_base_capacity == 0
      && aws_autoscaling_group.this.mixed_instances_policy[0].instances_distribution[0].on_demand_percentage_above_base_capacity == 0
    && aws_autoscaling_group.this.capacity_rebalance)
    error_message = "Without further wishes all machines are spot."
  }

  assert {
    condition     = aws_autoscaling_group.this.mixed_instances_policy[0].launch_template[0].override[*].instance_type == tolist(["g6.xlarge", "g5.xlarge", "g4dn.xlarge"])
    error_message = "Types must be tried in the order given."
  }
}

run "some_machines_are_bought_on_demand_when_asked_for" {
  command = plan

  variables {
    on_demand_base       = 1
    on_demand_percentage = 25
  }

  assert {
    condition = (aws_autoscaling_group.this.mixed_instances_policy[0].instances_distribution[0].on_demand_base_capacity == 1
    && aws_autoscaling_group.this.mixed_instances_policy[0].instances_distribution[0].on_demand_percentage_above_base_capacity == 25)
    error_message = "The group must buy on demand what was asked for."
  }
}

run "machines_carry_the_tags_and_drain_before_they_end" {
  command = plan

  variables {
    tags          = { "terradev:environment" = "e1", odd = "a'b $${path.module} %%{if true}" }
    drain_seconds = 600
  }

  assert {
    condition = alltrue([for tag in aws_autoscaling_group.this.tag : tag.propagate_at_launch]) && {
      for tag in aws_autoscaling_group.this.tag : tag.key => tag.value
    } == { "terradev:environment" = "e1", odd = "a'b $${path.module} %%{if true}", Name = "chat-fleet" }
    error_message = "Tags must reach every machine as they were given."
  }

  assert {
    condition     = toset(aws_launch_template.this.tag_specifications[*].resource_type) == toset(["instance", "network-interface", "volume"]) && alltrue([for what in aws_launch_template.this.tag_specifications : what.tags["terradev:environment"] == "e1"])
    error_message = "Volumes and interfaces must be tagged too."
  }

  assert {
    condition = (aws_autoscaling_lifecycle_hook.drain.lifecycle_transition == "autoscaling:EC2_INSTANCE_TERMINATING"
      && aws_autoscaling_lifecycle_hook.drain.heartbeat_timeout == 600
    && aws_autoscaling_lifecycle_hook.drain.default_result == "CONTINUE" && output.lifecycle_hook_name == "chat-drain")
    error_message = "A machine must get time to finish its work, and end even when it says nothing."
  }
}

run "gpus_scale_the_fleet" {
  command = plan

  assert {
    condition = (aws_autoscaling_policy.gpu[0].target_tracking_configuration[0].target_value == 70
      && aws_autoscaling_policy.gpu[0].target_tracking_configuration[0].customized_metric_specification[0].namespace == "Terradev/chat"
      && aws_autoscaling_policy.gpu[0].target_tracking_configuration[0].customized_metric_specification[0].metric_name == "GpuUtilization"
    && one(aws_autoscaling_policy.gpu[0].target_tracking_configuration[0].customized_metric_specification[0].metric_dimension).value == "chat-fleet")
    error_message = "The fleet must follow the metric that its machines send."
  }

  assert {
    condition     = length(aws_autoscaling_policy.cpu) == 0 && length(aws_autoscaling_policy.wake) == 0
    error_message = "Nothing else scales it unless asked for."
  }
}

run "cpus_scale_the_fleet_instead" {
  command = plan

  variables {
    gpu_utilization_target = null
    cpu_utilization_target = 50
  }

  assert {
    condition     = length(aws_autoscaling_policy.gpu) == 0 && aws_autoscaling_policy.cpu[0].target_tracking_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ASGAverageCPUUtilization"
    error_message = "The fleet must follow the CPUs alone."
  }
}

run "a_fleet_is_made" {
  assert {
    condition     = output.autoscaling_group_name == "chat-fleet" && output.launch_template_id == "lt-0123456789abcdef0"
    error_message = "The outputs must name the group and its template."
  }
}

run "keeps_running_machines_when_deadline_or_image_move" {
  command = plan

  variables {
    user_data = "#!/bin/bash\necho 2\n"
    ami_id    = "ami-0aaaaaaaaaaaaaaaa"
    tags      = { "terradev:expires-at" = "2031-01-01T00:00:00Z" }
  }

  assert {
    condition     = aws_launch_template.this.name == run.a_fleet_is_made.launch_template_name && aws_launch_template.this.user_data == base64gzip("#!/bin/bash\necho 2\n")
    error_message = "The same template must have the newer script for machines to come."
  }

  assert {
    condition     = aws_autoscaling_group.this.mixed_instances_policy[0].launch_template[0].launch_template_specification[0].version == "$Latest"
    error_message = "A new version of the template must be no change of the group."
  }
}

run "replaces_running_machines_when_they_are_for_something_else" {
  command = plan

  variables {
    user_data_key = "2"
  }

  assert {
    condition     = aws_launch_template.this.name != run.a_fleet_is_made.launch_template_name && aws_autoscaling_group.this.instance_refresh[0].strategy == "Rolling"
    error_message = "Another job must have another template, which the group rolls out."
  }
}

run "replaces_running_machines_when_another_image_is_asked_for" {
  command = plan

  variables {
    image_key = "ami-0aaaaaaaaaaaaaaaa"
  }

  assert {
    condition     = aws_launch_template.this.name != run.a_fleet_is_made.launch_template_name
    error_message = "Another image must have another template."
  }
}

run "scaling_keeps_its_hands_free" {
  command = plan

  variables {
    desired_size = 4
  }

  assert {
    condition     = aws_autoscaling_group.this.desired_capacity == 2
    error_message = "A plan must not undo what the scaling policies decided."
  }
}

run "a_load_balancer_admits_named_ranges_and_speaks_to_the_machines_alone" {
  variables {
    load_balancer = {
      subnet_ids = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"]
      cidrs      = ["203.0.113.0/24", "198.51.100.7/32"]
    }
  }

  assert {
    condition     = output.endpoint == "http://chat-lb-1.us-east-1.elb.amazonaws.com"
    error_message = "The endpoint must be the load balancer."
  }

  assert {
    condition = (toset([for rule in aws_vpc_security_group_ingress_rule.load_balancer : rule.cidr_ipv4]) == toset(["203.0.113.0/24", "198.51.100.7/32"])
    && alltrue([for rule in aws_vpc_security_group_ingress_rule.load_balancer : rule.from_port == 80 && rule.to_port == 80 && rule.ip_protocol == "tcp"]))
    error_message = "The named ranges, and they alone, must reach the load balancer."
  }

  assert {
    condition = (aws_vpc_security_group_ingress_rule.machines[0].from_port == 8000 && aws_vpc_security_group_ingress_rule.machines[0].to_port == 8000
      && aws_vpc_security_group_ingress_rule.machines[0].referenced_security_group_id == aws_security_group.load_balancer[0].id
    && aws_vpc_security_group_egress_rule.load_balancer[0].referenced_security_group_id == aws_security_group.this.id)
    error_message = "The load balancer and the machines must reach each other on the port, and on no other."
  }

  assert {
    condition = (aws_autoscaling_group.this.health_check_type == "ELB" && contains(aws_autoscaling_group.this.target_group_arns, aws_lb_target_group.this[0].arn)
    && aws_lb_target_group.this[0].health_check[0].path == "/health" && aws_lb_target_group.this[0].port == 8000)
    error_message = "Machines must be judged by whether they serve."
  }

  assert {
    condition     = aws_lb.this[0].drop_invalid_header_fields && !aws_lb.this[0].internal && length(aws_lb_listener.redirect) == 0
    error_message = "The load balancer must be strict, and without a certificate it has plain HTTP alone."
  }
}

run "a_certificate_makes_it_https" {
  variables {
    load_balancer = {
      subnet_ids      = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"]
      cidrs           = ["203.0.113.0/24"]
      certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    }
  }

  assert {
    condition = (startswith(output.endpoint, "https://") && aws_lb_listener.this[0].protocol == "HTTPS" && aws_lb_listener.this[0].port == 443
    && startswith(aws_lb_listener.this[0].ssl_policy, "ELBSecurityPolicy-TLS13"))
    error_message = "With a certificate the load balancer must speak HTTPS."
  }

  assert {
    condition     = aws_lb_listener.redirect[0].default_action[0].redirect[0].protocol == "HTTPS" && toset([for rule in aws_vpc_security_group_ingress_rule.load_balancer : rule.from_port]) == toset([80, 443])
    error_message = "Who comes by HTTP must be sent to HTTPS."
  }
}

run "without_ranges_nobody_reaches_the_load_balancer" {
  command = plan

  variables {
    load_balancer = { subnet_ids = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"] }
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.load_balancer) == 0 && length(aws_lb.this) == 1
    error_message = "A load balancer must be closed until somebody is named."
  }
}

run "a_fleet_at_zero_is_woken_by_requests" {
  variables {
    min_size      = 0
    load_balancer = { subnet_ids = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"] }
  }

  assert {
    condition     = aws_autoscaling_policy.wake[0].adjustment_type == "ExactCapacity" && one(aws_autoscaling_policy.wake[0].step_adjustment).scaling_adjustment == 1
    error_message = "A request to a fleet at zero must start one machine."
  }

  assert {
    condition = (contains(aws_cloudwatch_metric_alarm.wake[0].alarm_actions, aws_autoscaling_policy.wake[0].arn)
      && anytrue([for query in aws_cloudwatch_metric_alarm.wake[0].metric_query : query.expression == "IF(FILL(size, 1) < 1, refused, 0)"])
    && anytrue([for query in aws_cloudwatch_metric_alarm.wake[0].metric_query : try(query.metric[0].metric_name == "GroupDesiredCapacity" && query.metric[0].dimensions["AutoScalingGroupName"] == "chat-fleet", false)]))
    error_message = "A fleet that has machines must not be set to one."
  }
}

run "names_fit_what_load_balancers_take" {
  command = plan

  variables {
    name          = "internal-a-name-that-is-far-too-long-0123456789"
    load_balancer = { subnet_ids = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"], port = 65535 }
  }

  assert {
    condition = alltrue([for name in [aws_lb.this[0].name, aws_lb_target_group.this[0].name] :
      length(name) <= 32 && can(regex("^[a-z0-9][a-z0-9-]*[a-z0-9]$", name)) && !startswith(name, "internal-")
    ])
    error_message = "AWS takes 32 characters, and no name that begins with internal-."
  }
}

run "refuses_the_whole_internet" {
  command = plan

  variables {
    load_balancer = { subnet_ids = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"], cidrs = ["1.2.3.4/0"] }
  }

  expect_failures = [var.load_balancer]
}

run "opens_to_the_whole_internet_when_forced" {
  command = plan

  variables {
    load_balancer = { subnet_ids = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"], cidrs = ["0.0.0.0/0"], allow_open_ingress = true }
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.load_balancer) == 1
    error_message = "Who forces it gets it."
  }
}

run "refuses_a_smallest_size_above_the_largest" {
  command = plan

  variables {
    min_size = 5
  }

  expect_failures = [var.min_size]
}

run "refuses_to_start_with_more_than_the_largest_size" {
  command = plan

  variables {
    desired_size = 5
  }

  expect_failures = [var.desired_size]
}

run "refuses_hostile_or_impossible_values" {
  command = plan

  variables {
    name                   = "chat'; reboot"
    region                 = "us-east-1'"
    subnet_ids             = []
    instance_types         = ["g5.xlarge", "g5.xlarge"]
    root_volume_gib        = 99.5
    user_data              = "reboot"
    max_size               = 101
    on_demand_base         = -1
    on_demand_percentage   = 101
    metrics_namespace      = "a b"
    gpu_utilization_target = 0
    cpu_utilization_target = 101
    drain_seconds          = 10
    warmup_seconds         = 1
    metadata_hop_limit     = 3
    egress_ports           = [0]
    root_device_name       = "sda"
    load_balancer          = { subnet_ids = ["subnet-0123456789abcdef2"], port = 0, health_check_path = "health", cidrs = ["::/0"] }
  }

  expect_failures = [
    var.name, var.region, var.subnet_ids, var.instance_types, var.root_volume_gib, var.user_data, var.max_size, var.on_demand_base,
    var.on_demand_percentage, var.metrics_namespace, var.gpu_utilization_target, var.cpu_utilization_target, var.drain_seconds,
    var.warmup_seconds, var.metadata_hop_limit, var.egress_ports, var.root_device_name, var.load_balancer,
  ]
}
