locals {
  partition = startswith(var.region, "cn-") ? "aws-cn" : startswith(var.region, "us-gov-") ? "aws-us-gov" : "aws"

  # With a network that exists already, nothing at all is made here.
  new   = var.existing_network == null ? 1 : 0
  zones = var.existing_network == null ? var.availability_zones : []

  # Public subnets are numbers 1, 2, ... and private ones 11, 12, ...: 10.0.0.0/16 gives 10.0.1.0/24 and 10.0.11.0/24.
  public_subnets  = { for index, zone in local.zones : zone => cidrsubnet(var.vpc_cidr, 8, index + 1) }
  private_subnets = { for index, zone in local.zones : zone => cidrsubnet(var.vpc_cidr, 8, index + 11) }
}

resource "aws_vpc" "this" {
  count = local.new

  cidr_block           = var.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = merge(var.tags, { Name = var.name })
}

# A rule-less default group: whatever is launched here without naming a group can talk to nobody.
resource "aws_default_security_group" "locked" {
  count = local.new

  vpc_id = aws_vpc.this[0].id

  tags = merge(var.tags, { Name = "${var.name}-default-locked" })
}

resource "aws_internet_gateway" "this" {
  count = local.new

  vpc_id = aws_vpc.this[0].id

  tags = merge(var.tags, { Name = var.name })
}

# map_public_ip_on_launch stays off: a machine gets a public address only by asking for one.
resource "aws_subnet" "public" {
  for_each = local.public_subnets

  vpc_id            = aws_vpc.this[0].id
  availability_zone = each.key
  cidr_block        = each.value

  tags = merge(var.tags, { Name = "${var.name}-public-${each.key}" })
}

resource "aws_route_table" "public" {
  count = local.new

  vpc_id = aws_vpc.this[0].id

  tags = merge(var.tags, { Name = "${var.name}-public" })
}

resource "aws_route" "internet" {
  count = local.new

  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route_table_association" "public" {
  for_each = local.public_subnets

  subnet_id      = aws_subnet.public[each.key].id
  route_table_id = aws_route_table.public[0].id
}

resource "aws_subnet" "private" {
  for_each = local.private_subnets

  vpc_id            = aws_vpc.this[0].id
  availability_zone = each.key
  cidr_block        = each.value

  tags = merge(var.tags, { Name = "${var.name}-private-${each.key}" })
}

# One table for all: with one NAT gateway there is nothing that could differ between zones.
resource "aws_route_table" "private" {
  count = local.new

  vpc_id = aws_vpc.this[0].id

  tags = merge(var.tags, { Name = "${var.name}-private" })
}

resource "aws_route_table_association" "private" {
  for_each = local.private_subnets

  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private[0].id
}

resource "aws_eip" "nat" {
  count = local.new == 1 && var.nat_gateway ? 1 : 0

  domain = "vpc"

  tags = merge(var.tags, { Name = "${var.name}-nat" })
}

resource "aws_nat_gateway" "this" {
  count = local.new == 1 && var.nat_gateway ? 1 : 0

  allocation_id = aws_eip.nat[0].id
  subnet_id     = aws_subnet.public[var.availability_zones[0]].id

  tags = merge(var.tags, { Name = var.name })

  # Without a way to the internet the gateway starts, but cannot do its work.
  depends_on = [aws_route.internet, aws_route_table_association.public]
}

resource "aws_route" "nat" {
  count = local.new == 1 && var.nat_gateway ? 1 : 0

  route_table_id         = aws_route_table.private[0].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[0].id
}

# Costs nothing, and keeps datasets and outputs off the internet path and off the NAT gateway's bill.
resource "aws_vpc_endpoint" "s3" {
  count = local.new

  vpc_id            = aws_vpc.this[0].id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.public[0].id, aws_route_table.private[0].id]

  tags = merge(var.tags, { Name = "${var.name}-s3" })
}
