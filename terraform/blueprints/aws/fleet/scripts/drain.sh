#!/bin/bash
# Lets the machine finish: drain [END]. Stops the container, at END at the latest, and tells the group. Does so once.
set -uo pipefail

root=${TERRADEV_ROOT:-}
export PATH="$root/opt/terradev/bin:$PATH"
volatile=$root/run/terradev
mkdir -p "$volatile"
# The notice of an interruption and that of the group may come together.
mkdir "$volatile/draining" 2>/dev/null || exit 0

say() { echo "$(date -u +%FT%TZ) [drain] $*" | tee -a "$root/var/log/terradev/drain.log" >&2; }

now=$(date +%s)
seconds=$(terradev-setting drain_seconds 120)
[[ $seconds =~ ^[0-9]{1,5}$ ]] || seconds=120
end=$(date -d "${1:-}" +%s 2>/dev/null) || end=0
((end > now && end < now + seconds)) || end=$((now + seconds))

say 'Takes no more work'
# The load balancer needs a moment to send its requests elsewhere.
sleep "${TERRADEV_DEREGISTER_SECONDS:-15}"
# The last 15 seconds are for telling the group. SIGTERM asks the program to finish.
left=$((end - 15 - $(date +%s)))
docker stop --time "$((left > 5 ? left : 5))" terradev-worker >/dev/null 2>&1 || say 'There was no container to stop'
say 'Has finished'

region=$(terradev-setting region)
instance=$(terradev-metadata instance-id) || exit 1
# Refused when nothing waits, as for a spot machine that AWS takes away.
timeout 12 aws autoscaling complete-lifecycle-action --region "$region" --auto-scaling-group-name "$(terradev-setting autoscaling_group)" \
  --lifecycle-hook-name "$(terradev-setting lifecycle_hook)" --instance-id "$instance" --lifecycle-action-result CONTINUE || say 'The group waits for nothing'
