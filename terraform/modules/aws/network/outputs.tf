output "vpc_id" {
  description = "Id of the VPC."
  value       = var.existing_network == null ? one(aws_vpc.this[*].id) : var.existing_network.vpc_id
}

output "vpc_cidr" {
  description = "IPv4 range of the VPC."
  value       = var.existing_network == null ? var.vpc_cidr : var.existing_network.vpc_cidr
}

output "public_subnet_ids" {
  description = "Ids of the public subnets, in the order of availability_zones. Usable only once they reach the internet."
  value       = var.existing_network == null ? [for zone in local.zones : aws_subnet.public[zone].id] : var.existing_network.public_subnet_ids

  # Who boots in a subnet downloads at once, and on destroy leaves before the gateway goes.
  depends_on = [aws_route.internet, aws_route_table_association.public]
}

output "private_subnet_ids" {
  description = "Ids of the private subnets, in the order of availability_zones. Usable only once what they reach is there."
  value       = var.existing_network == null ? [for zone in local.zones : aws_subnet.private[zone].id] : var.existing_network.private_subnet_ids

  depends_on = [aws_route.nat, aws_route_table_association.private, aws_vpc_endpoint.s3, aws_vpc_endpoint.ssm, aws_vpc_security_group_ingress_rule.endpoints]
}

output "public_subnet_cidrs" {
  description = "IPv4 ranges of the public subnets, in the order of availability_zones. Empty with an existing network, where they are not known."
  value       = [for zone in local.zones : local.public_subnets[zone]]
}

output "private_subnet_cidrs" {
  description = "IPv4 ranges of the private subnets, in the order of availability_zones. Empty with an existing network, where they are not known."
  value       = [for zone in local.zones : local.private_subnets[zone]]
}

output "nat_public_ip" {
  description = "Address that private subnets call out from. Null without NAT gateway."
  value       = one(aws_eip.nat[*].public_ip)
}

output "flow_log_group" {
  description = "Name of the log group of the VPC's flow logs. Null without flow logs."
  value       = one(aws_cloudwatch_log_group.flow_logs[*].name)
}
