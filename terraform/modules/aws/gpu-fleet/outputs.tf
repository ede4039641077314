output "autoscaling_group_name" {
  description = "Name of the Auto Scaling group, <name>-fleet."
  value       = aws_autoscaling_group.this.name
}

output "autoscaling_group_arn" {
  description = "ARN of the Auto Scaling group."
  value       = aws_autoscaling_group.this.arn
}

output "lifecycle_hook_name" {
  description = "Name of the lifecycle hook that a machine completes when it has finished its work, <name>-drain."
  value       = aws_autoscaling_lifecycle_hook.drain.name
}

output "security_group_id" {
  description = "Id of the machines' security group."
  value       = aws_security_group.this.id
}

output "launch_template_id" {
  description = "Id of the launch template."
  value       = aws_launch_template.this.id
}

output "launch_template_name" {
  description = "Name of the launch template. It is another one when running machines are to be replaced."
  value       = aws_launch_template.this.name
}

output "endpoint" {
  description = "Where the load balancer is reached, or null. A certificate is for another name, which has to point here."
  value       = one([for balancer in aws_lb.this : "${local.secure ? "https" : "http"}://${balancer.dns_name}"])
}

output "load_balancer_arn" {
  description = "ARN of the load balancer, or null."
  value       = one(aws_lb.this[*].arn)
}

output "target_group_arn" {
  description = "ARN of the target group, or null."
  value       = one(aws_lb_target_group.this[*].arn)
}

output "load_balancer_security_group_id" {
  description = "Id of the load balancer's security group, or null."
  value       = one(aws_security_group.load_balancer[*].id)
}
