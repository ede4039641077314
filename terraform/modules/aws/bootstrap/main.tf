locals {
  # The programs of the module, and what the blueprint adds. None of them is a template: they read their settings.
  programs = { for program in fileset("${path.module}/files", "bin/*") : program => { content = file("${path.module}/files/${program}"), mode = "0755" } }

  agent = var.log_group == null ? {} : {
    "cloudwatch-agent.json" = { content = jsonencode(local.agent_settings), mode = "0644" }
  }

  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
  agent_settings = merge(
    {
      logs = {
        logs_collected = {
          files = {
            # Without publish_multi_logs the agent follows the one file that changed last
            # (https://github.com/aws/amazon-cloudwatch-agent, plugins/inputs/logfile).
            collect_list = [
              for path in ["/var/log/terradev/*.log", "/var/log/cloud-init-output.log"] : {
                file_path          = path
                log_group_name     = var.log_group
                log_stream_name    = "{instance_id}"
                publish_multi_logs = true
                from_beginning     = true
                timezone           = "UTC"
              }
            ]
          }
        }
      }
    },
    var.metrics_namespace == null ? {} : {
      metrics = {
        namespace         = var.metrics_namespace
        append_dimensions = { InstanceId = "$${aws:InstanceId}" }
        metrics_collected = {
          mem        = { measurement = ["used_percent"] }
          disk       = { measurement = ["used_percent"], resources = ["/"] }
          nvidia_gpu = { measurement = ["utilization_gpu", "utilization_memory", "memory_used", "memory_total", "temperature_gpu", "power_draw"] }
        }
      }
    },
  )

  user_data = templatefile("${path.module}/boot.sh.tftpl", {
    settings_base64 = base64encode(jsonencode(var.settings))
    files_json      = jsonencode(merge(local.programs, local.agent, var.files))
    expires_at      = var.expires_at
    region          = var.region
    schedule_name   = var.deadline_schedule_name
    log_group       = var.log_group
    idle_minutes    = var.idle_minutes
    start           = var.start
    watch           = var.watch
  })
}
