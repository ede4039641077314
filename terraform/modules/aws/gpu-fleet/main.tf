locals {
  # Known before the group exists: the machines' settings name it, and the group has the machines' script.
  group_name = "${var.name}-fleet"

  # Changes when somebody asks for other machines, and not when AWS publishes a newer image or the deadline moves.
  revision = substr(sha256(jsonencode({
    image            = coalesce(var.image_key, var.ami_id)
    user_data        = coalesce(var.user_data_key, sha256(var.user_data))
    root_volume      = var.root_volume_gib
    instance_profile = var.instance_profile
  })), 0, 10)
}

resource "aws_security_group" "this" {
  name        = "${var.name}-fleet"
  description = "GPU machines of one fleet"
  vpc_id      = var.vpc_id

  tags = merge(var.tags, { Name = "${var.name}-fleet" })
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = toset([for port in var.egress_ports : tostring(port)])

  security_group_id = aws_security_group.this.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)

  tags = merge(var.tags, { Name = "${var.name}-egress-${each.key}" })
}

# A newer image or a moved deadline make another version, which machines to come start from. Another revision makes
# another template, which the group answers by replacing the machines that run.
# No instance type and no market options: the group's own policy has them. Nothing says what a power-off does either: the
# group counts a machine that is stopped as ill, and terminates it.
resource "aws_launch_template" "this" {
  name                   = "${local.group_name}-${local.revision}"
  update_default_version = true
  image_id               = var.ami_id
  user_data              = base64gzip(var.user_data) # cloud-init unpacks it

  iam_instance_profile {
    name = var.instance_profile
  }

  network_interfaces {
    associate_public_ip_address = tostring(var.public_address)
    delete_on_termination       = "true"
    security_groups             = [aws_security_group.this.id]
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = var.metadata_hop_limit
  }

  monitoring {
    enabled = var.detailed_monitoring
  }

  block_device_mappings {
    device_name = var.root_device_name

    ebs {
      volume_type           = "gp3"
      volume_size           = var.root_volume_gib
      encrypted             = "true"
      delete_on_termination = "true"
    }
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume", "network-interface"])

    content {
      resource_type = tag_specifications.value
      tags          = merge(var.tags, { Name = local.group_name })
    }
  }

  tags = merge(var.tags, { Name = "${var.name}-fleet" })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_autoscaling_group" "this" {
  name                = local.group_name
  min_size            = var.min_size
  max_size            = var.max_size
  desired_capacity    = var.desired_size
  vpc_zone_identifier = var.subnet_ids
  target_group_arns   = aws_lb_target_group.this[*].arn

  # A machine that runs may still not serve; without a load balancer only EC2's own checks tell.
  health_check_type         = var.load_balancer == null ? "EC2" : "ELB"
  health_check_grace_period = var.warmup_seconds
  default_instance_warmup   = var.warmup_seconds
  default_cooldown          = 300

  # Starts the successor of a spot machine when AWS says that the machine is likely to be taken away.
  capacity_rebalance = true

  # GPUs may be sold out for hours. The group goes on asking, and an apply that fails meanwhile would help nobody.
  wait_for_capacity_timeout = "0"

  metrics_granularity = "1Minute"
  enabled_metrics     = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupMaxSize", "GroupMinSize", "GroupPendingInstances", "GroupTerminatingInstances", "GroupTotalInstances"]

  mixed_instances_policy {
    instances_distribution {
      on_demand_base_capacity                  = var.on_demand_base
      on_demand_percentage_above_base_capacity = var.on_demand_percentage
      on_demand_allocation_strategy            = "prioritized"
      spot_allocation_strategy                 = "price-capacity-optimized"
    }

    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.this.id
        # A number would be a change with each version, and each change replaces all machines.
        version = "$Latest"
      }

      dynamic "override" {
        for_each = var.instance_types

        content {
          instance_type = override.value
        }
      }
    }
  }

  instance_refresh {
    strategy = "Rolling"

    preferences {
      instance_warmup        = var.warmup_seconds
      min_healthy_percentage = 50
    }
  }

  dynamic "tag" {
    for_each = merge(var.tags, { Name = local.group_name })

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  timeouts {
    # Deleting the group drains every machine, all at the same time.
    delete = "${ceil(var.drain_seconds / 60) + 20}m"
  }

  lifecycle {
    # The scaling policies' business, and at the deadline the schedule's.
    ignore_changes = [desired_capacity]
  }
}

# A machine on its way out has time to finish its work and says itself when it is done.
resource "aws_autoscaling_lifecycle_hook" "drain" {
  name                   = "${var.name}-drain"
  autoscaling_group_name = aws_autoscaling_group.this.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = var.drain_seconds
  default_result         = "CONTINUE"
}
