resource "aws_ebs_volume" "this" {
  for_each = var.volumes

  availability_zone = each.value.availability_zone
  size              = each.value.size_gib
  type              = each.value.type
  iops              = each.value.iops
  throughput        = each.value.throughput
  snapshot_id       = each.value.snapshot_id
  encrypted         = true

  tags = merge(var.tags, { Name = "${var.name}-${each.key}", "terradev:snapshots" = var.name })
}

resource "aws_volume_attachment" "this" {
  for_each = var.attachments

  volume_id   = aws_ebs_volume.this[each.key].id
  instance_id = each.value
  device_name = var.volumes[each.key].device_name

  # A mounted volume cannot be detached, and a spot machine cannot be stopped for it. It comes free when the machine
  # is terminated, and the volume's deletion waits for that.
  skip_destroy = true
}
