#!/bin/bash
# Runs when AWS takes the spot instance away: asks the program for a checkpoint, copies it and leaves the run open for
# the next machine. $1 is the time of the end.
set -uo pipefail

root=${TERRADEV_ROOT:-}
job=$root/opt/terradev/bin/train
container=terradev-train

now=$(date +%s)
end=$(date -d "${1:-}" +%s 2>/dev/null) || end=$((now + 120))
# The last 40 seconds are for the copy.
((end > now + 120)) && end=$((now + 120))
limit=$((end - 40))

folder=$root/var/lib/terradev/job/checkpoints
[[ -d $root/data/checkpoints ]] && folder=$root/data/checkpoints

before=$root/run/terradev/asked
touch "$before"
if docker kill --signal USR1 "$container"; then
  while (($(date +%s) < limit)) && [[ -z $(find "$folder" -mindepth 2 -maxdepth 2 -name COMPLETE -newer "$before" -print -quit 2>/dev/null) ]] &&
    [[ $(docker inspect --format '{{.State.Running}}' "$container" 2>/dev/null) == true ]]; do
    sleep 1
  done
fi

timeout $((end - $(date +%s) > 10 ? end - $(date +%s) : 10)) "$job" publish 5
"$job" interrupted "${1:-}"
