locals {
  user_data = templatefile("${path.module}/user_data.sh.tftpl", {
    settings_base64 = base64encode(jsonencode(var.settings))
    expires_at      = var.expires_at
    region          = var.region
    schedule_name   = var.deadline_schedule_name
  })
}

# No ingress, ever: people come in through Systems Manager, which the machine calls itself.
# DNS, time and instance metadata of the VPC are not subject to security groups.
resource "aws_security_group" "this" {
  name        = "${var.name}-instance"
  description = "Egress only"
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

# Changes when somebody asks for another machine, and not when AWS publishes a newer image under the same parameter
# or when the deadline moves. Type and capacity are here because the provider would resize in place, which spot
# instances refuse, and overlooks a change from spot to on-demand
# (https://github.com/hashicorp/terraform-provider-aws/issues/38141).
resource "terraform_data" "wish" {
  input = {
    image         = var.image_key
    instance_type = var.instance_type
    capacity      = var.capacity
    settings      = var.settings
  }
}

resource "aws_instance" "this" {
  ami                    = var.ami_id
  instance_type          = var.instance_type
  subnet_id              = var.subnet_id
  vpc_security_group_ids = [aws_security_group.this.id]
  iam_instance_profile   = var.instance_profile

  # The way out; nothing comes in. A NAT gateway would cost as much as a small GPU.
  associate_public_ip_address = true

  user_data = local.user_data

  # The timer on the machine powers it off at the deadline; that must end the bill, not park a disk.
  # A one-time spot instance cannot stop and terminates anyhow; setting this for it would fail, because the
  # provider sets it once more after the launch, and EC2 refuses to modify attributes of spot instances
  # (https://github.com/hashicorp/terraform-provider-aws/pull/41206).
  instance_initiated_shutdown_behavior = var.capacity == "spot" ? null : "terminate"

  dynamic "instance_market_options" {
    for_each = var.capacity == "spot" ? [1] : []

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

  root_block_device {
    volume_type           = "gp3"
    volume_size           = var.root_volume_gib
    encrypted             = true
    delete_on_termination = true

    tags = merge(var.tags, { Name = "${var.name}-root" })
  }

  tags = merge(var.tags, { Name = var.name })

  lifecycle {
    # A running job is not thrown away for a newer image, and user data runs only at the first boot.
    ignore_changes       = [ami, user_data]
    replace_triggered_by = [terraform_data.wish]
  }
}
