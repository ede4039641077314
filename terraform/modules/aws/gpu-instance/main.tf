locals {
  spot      = var.capacity == "spot" || (var.capacity == "spot-with-fallback" && !var.spot_unavailable)
  placement = coalesce(var.placement_group, var.instance_count > 1)

  ingress = merge([
    for key, rule in var.ingress : { for cidr in rule.cidrs : "${key}-${cidr}" => { port = rule.port, cidr = cidr, description = rule.description } }
  ]...)
}

# People come in through Systems Manager, which the machine calls itself; ingress is what somebody asked for by range.
# DNS, time and instance metadata of the VPC are not subject to security groups.
resource "aws_security_group" "this" {
  name        = "${var.name}-instance"
  description = "GPU machines of one environment"
  vpc_id      = var.vpc_id

  tags = merge(var.tags, { Name = "${var.name}-instance" })
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

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = local.ingress

  security_group_id = aws_security_group.this.id
  description       = each.value.description
  cidr_ipv4         = strcontains(each.value.cidr, ":") ? null : each.value.cidr
  cidr_ipv6         = strcontains(each.value.cidr, ":") ? each.value.cidr : null
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port

  tags = merge(var.tags, { Name = "${var.name}-ingress-${each.value.port}" })
}

# Machines that train together talk to each other on any port; EFA needs it in both directions.
resource "aws_vpc_security_group_ingress_rule" "peers" {
  count = var.instance_count > 1 ? 1 : 0

  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "-1"

  tags = merge(var.tags, { Name = "${var.name}-peers" })
}

resource "aws_vpc_security_group_egress_rule" "peers" {
  count = var.instance_count > 1 ? 1 : 0

  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "-1"

  tags = merge(var.tags, { Name = "${var.name}-peers" })
}

resource "aws_placement_group" "this" {
  count = local.placement ? 1 : 0

  name     = var.name
  strategy = "cluster"

  tags = merge(var.tags, { Name = var.name })
}

# Changes when somebody asks for another machine, and not when AWS publishes a newer image under the same parameter
# or when the deadline moves. Type and capacity are here because the provider would resize in place, which spot
# instances refuse, and overlooks a change from spot to on-demand
# (https://github.com/hashicorp/terraform-provider-aws/issues/38141).
resource "terraform_data" "wish" {
  input = {
    image         = var.image_key
    instance_type = var.instance_type
    capacity      = local.spot ? "spot" : "on-demand"
    user_data     = var.user_data_key
  }
}

resource "aws_launch_template" "this" {
  name                   = "${var.name}-instance"
  update_default_version = true
  image_id               = var.ami_id
  instance_type          = var.instance_type
  user_data              = base64gzip(var.user_data) # cloud-init unpacks it

  # The timer on the machine powers it off at the deadline; that must end the bill, not park a disk.
  # A one-time spot instance cannot stop and terminates anyhow; EC2 refuses the attribute for it.
  instance_initiated_shutdown_behavior = local.spot ? null : "terminate"

  iam_instance_profile {
    name = var.instance_profile
  }

  dynamic "instance_market_options" {
    for_each = local.spot ? [1] : []

    content {
      market_type = "spot"

      # No max_price: the ceiling is then the on-demand price.
      spot_options {
        spot_instance_type             = "one-time"
        instance_interruption_behavior = "terminate"
      }
    }
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
      iops                  = var.root_volume_iops
      throughput            = var.root_volume_throughput
      encrypted             = "true"
      delete_on_termination = "true"
    }
  }

  dynamic "block_device_mappings" {
    for_each = var.data_volume_gib > 0 ? [1] : []

    content {
      device_name = "/dev/sdf"

      ebs {
        volume_type           = "gp3"
        volume_size           = var.data_volume_gib
        encrypted             = "true"
        delete_on_termination = "true"
      }
    }
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume", "network-interface"])

    content {
      resource_type = tag_specifications.value
      tags          = merge(var.tags, { Name = var.name })
    }
  }

  tags = merge(var.tags, { Name = "${var.name}-instance" })
}

resource "aws_instance" "this" {
  count = var.instance_count

  subnet_id                   = var.subnet_id
  vpc_security_group_ids      = [aws_security_group.this.id]
  associate_public_ip_address = var.public_address
  placement_group             = local.placement ? aws_placement_group.this[0].name : null

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  # No volume_tags: they would strip the volumes that others attach. The template tags what it makes.
  tags = merge(var.tags, { Name = var.instance_count == 1 ? var.name : "${var.name}-${count.index}" })

  lifecycle {
    # A running job is not thrown away for a newer image or template, and user data runs only at the first boot.
    ignore_changes       = [ami, user_data, launch_template]
    replace_triggered_by = [terraform_data.wish]
  }
}
