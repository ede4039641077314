locals {
  balancers = var.load_balancer == null ? [] : [var.load_balancer]

  # Load balancers and target groups have 32 characters, and none may begin with internal-.
  unreserved_name = replace(var.name, "/^internal-/", "internal")
  short_name      = length(local.unreserved_name) <= 26 ? local.unreserved_name : "${trim(substr(local.unreserved_name, 0, 15), "-")}-${substr(sha256(var.name), 0, 10)}"

  secure        = try(var.load_balancer.certificate_arn, null) != null
  public_port   = local.secure ? 443 : 80
  listener_port = local.secure ? toset(["80", "443"]) : toset(["80"])

  balancer_ingress = merge([
    for port in local.listener_port : { for cidr in flatten(local.balancers[*].cidrs) : "${port}-${cidr}" => { port = tonumber(port), cidr = cidr } }
  ]...)
}

resource "aws_security_group" "load_balancer" {
  count = length(local.balancers)

  name        = "${var.name}-load-balancer"
  description = "Load balancer of one fleet"
  vpc_id      = var.vpc_id

  tags = merge(var.tags, { Name = "${var.name}-load-balancer" })
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  for_each = local.balancer_ingress

  security_group_id = aws_security_group.load_balancer[0].id
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port

  tags = merge(var.tags, { Name = "${var.name}-load-balancer-${each.value.port}" })
}

# The machines and the load balancer reach each other on one port, and nothing else does.
resource "aws_vpc_security_group_egress_rule" "load_balancer" {
  count = length(local.balancers)

  security_group_id            = aws_security_group.load_balancer[0].id
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = local.balancers[count.index].port
  to_port                      = local.balancers[count.index].port

  tags = merge(var.tags, { Name = "${var.name}-load-balancer-machines" })
}

resource "aws_vpc_security_group_ingress_rule" "machines" {
  count = length(local.balancers)

  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = aws_security_group.load_balancer[0].id
  ip_protocol                  = "tcp"
  from_port                    = local.balancers[count.index].port
  to_port                      = local.balancers[count.index].port

  tags = merge(var.tags, { Name = "${var.name}-fleet-load-balancer" })
}

resource "aws_lb" "this" {
  count = length(local.balancers)

  name               = "${local.short_name}-lb"
  load_balancer_type = "application"
  internal           = local.balancers[count.index].internal
  subnets            = local.balancers[count.index].subnet_ids
  security_groups    = [aws_security_group.load_balancer[0].id]

  # A long answer of a model may pause between two words.
  idle_timeout               = 300
  drop_invalid_header_fields = true

  tags = merge(var.tags, { Name = "${var.name}-lb" })
}

resource "aws_lb_target_group" "this" {
  count = length(local.balancers)

  # The listener needs the new group before the old one can go, so another port needs another name.
  name        = "${local.short_name}-${local.balancers[count.index].port}"
  port        = local.balancers[count.index].port
  protocol    = "HTTP"
  target_type = "instance"
  vpc_id      = var.vpc_id

  # Answers take seconds to minutes, so whose turn it is says little about who is free.
  load_balancing_algorithm_type = "least_outstanding_requests"
  deregistration_delay          = var.drain_seconds

  health_check {
    path                = local.balancers[count.index].health_check_path
    protocol            = "HTTP"
    matcher             = "200"
    interval            = 15
    timeout             = 10
    healthy_threshold   = 2
    unhealthy_threshold = 4
  }

  tags = merge(var.tags, { Name = "${var.name}-machines" })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "this" {
  count = length(local.balancers)

  load_balancer_arn = aws_lb.this[0].arn
  port              = local.public_port
  protocol          = local.secure ? "HTTPS" : "HTTP"
  certificate_arn   = local.balancers[count.index].certificate_arn
  ssl_policy        = local.secure ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : null

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[0].arn
  }

  tags = merge(var.tags, { Name = "${var.name}-${local.public_port}" })
}

resource "aws_lb_listener" "redirect" {
  count = local.secure ? 1 : 0

  load_balancer_arn = aws_lb.this[0].arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }

  tags = merge(var.tags, { Name = "${var.name}-80" })
}
