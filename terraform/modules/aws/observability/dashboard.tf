locals {
  charts = [
    { title = "GPU utilization (%)", namespace = local.namespace, metrics = ["GpuUtilization"], stat = "Maximum" },
    { title = "GPU memory (%)", namespace = local.namespace, metrics = ["GpuMemoryUtilization"], stat = "Maximum" },
    { title = "CPU (%)", namespace = "AWS/EC2", metrics = ["CPUUtilization"], stat = "Average" },
    { title = "Root volume (%)", namespace = local.namespace, metrics = ["DiskUsedPercent"], stat = "Maximum" },
    { title = "Network (bytes)", namespace = "AWS/EC2", metrics = ["NetworkIn", "NetworkOut"], stat = "Sum" },
    { title = "Heartbeats", namespace = local.namespace, metrics = ["Heartbeat"], stat = "Sum" },
    { title = "Uptime (hours)", namespace = local.namespace, metrics = ["UptimeHours"], stat = "Maximum" },
    { title = "Failed status checks", namespace = "AWS/EC2", metrics = ["StatusCheckFailed"], stat = "Maximum" },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = concat(
      [for number, chart in local.charts : {
        type   = "metric"
        x      = number % 2 * 12
        y      = floor(number / 2) * 6
        width  = 12
        height = 6
        properties = {
          title  = chart.title
          region = var.region
          view   = "timeSeries"
          stat   = chart.stat
          period = 300
          metrics = flatten([
            for dimensions in values(local.subjects) : [
              for metric in chart.metrics : [for dimension, value in dimensions : { row = [chart.namespace, metric, dimension, value] }]
            ]
          ])[*].row
        }
      } if length(local.subjects) > 0],
      [{
        type   = "log"
        x      = 0
        y      = 24
        width  = 24
        height = 6
        properties = {
          title  = "Latest log lines"
          region = var.region
          view   = "table"
          query  = "SOURCE '${var.name}' | fields @timestamp, @logStream, @message | sort @timestamp desc | limit 100"
        }
      }],
    )
  })
}
