output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Ids of the public subnets, in the order of availability_zones. Usable only once they reach the internet."
  value       = [for zone in var.availability_zones : aws_subnet.public[zone].id]

  # Who boots in a subnet downloads at once, and on destroy leaves before the gateway goes.
  depends_on = [aws_route.internet, aws_route_table_association.public]
}

output "public_subnet_cidrs" {
  description = "IPv4 ranges of the public subnets, in the order of availability_zones."
  value       = [for zone in var.availability_zones : local.subnets[zone]]
}
