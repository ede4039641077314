output "user_data" {
  description = "The script of the first boot. It holds no secrets."
  value       = local.user_data

  precondition {
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
    condition     = length(local.user_data) <= 16384
    error_message = "The script of the first boot has ${length(local.user_data)} bytes, and EC2 takes 16384: make settings or files smaller."
  }
}

output "key" {
  description = "Changes when the machine is for something else: its settings, its job or what it starts, but neither its deadline nor the programs that come with the blueprint."
  value = sha256(jsonencode({
    settings = var.settings
    start    = var.start
    files    = { for path, file in var.files : path => file if !startswith(path, "bin/") && !startswith(path, "hooks/") }
  }))
}
