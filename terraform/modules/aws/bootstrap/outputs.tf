output "user_data" {
  description = "The script of the first boot. It holds no secrets."
  value       = local.user_data

  precondition {
    # EC2 takes 16 KB (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html), and cloud-init takes them gzipped.
    condition     = length(base64gzip(local.user_data)) <= 21844
    error_message = "The script of the first boot has ${floor(length(base64gzip(local.user_data)) * 3 / 4)} bytes when gzipped, and EC2 takes 16384: make settings or files smaller."
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
