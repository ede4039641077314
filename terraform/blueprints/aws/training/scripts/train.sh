#!/bin/bash
# The training job of this machine, from the empty disk to the machine's end. Every step may run again after a reboot.
# It calls itself as `container` in tmux and as `publish`; the interruption hook calls `publish` and `interrupted`.
set -euo pipefail

root=${TERRADEV_ROOT:-}
home=$root/opt/terradev
state=$root/var/lib/terradev
volatile=$root/run/terradev
logs=$root/var/log/terradev
export PATH="$home/bin:$PATH" HOME=${HOME:-/root}

container=terradev-train
log=$logs/training.log
env_file=$volatile/job.env
exit_file=$volatile/exit-code
interruption=$volatile/interruption
poll=${TERRADEV_POLL_SECONDS:-5}
step=start
stopped=''

mkdir -p "$state" "$volatile" "$logs"

say() {
  echo "$(date -u +%FT%TZ) [$step] $*" | tee -a "$logs/train.log" >&2
}

# retry TIMES COMMAND...: waits 5, 10, 20, ... seconds between the attempts.
retry() {
  local times=$1 pause=${TERRADEV_RETRY_SECONDS:-5} attempt
  shift
  for ((attempt = 1; ; attempt++)); do
    if "$@"; then
      return 0
    elif ((attempt == times)); then
      say "Gave up after $times attempts"
      return 1
    fi
    say "Attempt $attempt of $times failed, next in $pause s"
    sleep "$pause"
    pause=$((pause * 2))
  done
}

begin() {
  step=$1
  say "begins"
}

s3() {
  aws s3 "$@" --only-show-errors 2>>"$logs/train.log"
}

sync() {
  s3 sync "$@"
}

run_url() {
  echo "s3://$outputs/runs/$run/$1"
}

# marker NAME CODE REASON: JSON from memory, as the disk may be full.
marker() {
  local text
  text=$(python3 -I -c 'import json, sys
names = ["run", "state", "exitCode", "reason", "step", "time", "checkpoint"]
print(json.dumps(dict(zip(names, sys.argv[1:])) | {"exitCode": int(sys.argv[3])}))' \
    "$run" "$1" "$2" "$3" "$step" "$(date -u +%FT%TZ)" "$(cat "$state/checkpoint" 2>/dev/null)")
  put() { s3 cp - "$(run_url "$1")" <<<"$text"; }
  retry 3 put "$1"
}

settings() {
  region=$(terradev-setting region)
  export AWS_DEFAULT_REGION=$region
  outputs=$(terradev-setting outputs_bucket)
  datasets=$(terradev-setting datasets_bucket)
  environment=$(terradev-setting environment)
  image=$(terradev-setting image '')
  interval=$(terradev-setting checkpoint_minutes 15)
  [[ $interval =~ ^[0-9]{1,5}$ ]] || interval=15
  job=$state/job
  if [[ $(terradev-setting data_volume_gib 0) != 0 ]]; then
    job=$root/data
  fi
  run=$(cat "$state/run" 2>/dev/null) || run=''
}

install_missing() {
  command -v tmux >/dev/null || retry 3 dnf install -y -q tmux
  command -v docker >/dev/null || retry 3 dnf install -y -q docker
  if ! command -v nvidia-ctk >/dev/null; then
    retry 3 curl -sfL -o /etc/yum.repos.d/nvidia-container-toolkit.repo https://nvidia.github.io/libnvidia-container/stable/rpm/nvidia-container-toolkit.repo
    retry 3 dnf install -y -q nvidia-container-toolkit
    nvidia-ctk runtime configure --runtime=docker
    systemctl restart docker
  fi
  systemctl start docker
}

# blkid says 2 of an empty disk.
mount_data() {
  if [[ $job == "$root/data" ]] && ! mountpoint -q "$job"; then
    local device found
    device=$(retry 6 readlink -e /dev/sdf)
    found=$(blkid -p "$device") || [[ $? == 2 ]]
    [[ -n $found ]] || mkfs -t xfs -q "$device"
    mkdir -p "$job"
    mount "$device" "$job"
  fi
  mkdir -p "$job"/{data,outputs,checkpoints,cache}
}

gpus() {
  retry 6 nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader >"$volatile/gpus"
  [[ -s $volatile/gpus ]]
  say "$(wc -l <"$volatile/gpus") GPUs: $(sort "$volatile/gpus" | uniq -c | tr '\n' ';')"
}

provide_image() {
  if [[ $image =~ ^([0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?)/ ]]; then
    local registry=${BASH_REMATCH[1]} home_region=${BASH_REMATCH[2]}
    begin registry-login
    login() {
      aws ecr get-login-password --region "$home_region" | docker login --username AWS --password-stdin "$registry" >/dev/null
    }
    retry 5 login
  fi
  begin image
  if [[ -n $image ]]; then
    retry 5 docker pull --quiet -- "$image"
  else
    image=terradev-train:local
    retry 3 docker build --quiet --tag "$image" "$home"
  fi
}

fetch_data() {
  local prefix count
  for prefix in processed raw; do
    count=$(retry 5 aws s3api list-objects-v2 --bucket "$datasets" --prefix "$prefix/" --max-keys 1 --no-paginate --query "length(Contents || \`[]\`)" --output text)
    if [[ $count != 0 ]]; then
      say "from $prefix/"
      retry 5 sync "s3://$datasets/$prefix/" "$job/data"
      return
    fi
  done
  say "no dataset in the bucket"
}

exists() {
  local count
  count=$(retry 5 aws s3api list-objects-v2 --bucket "$outputs" --prefix "$1" --query "length(Contents[?Key=='$1'] || \`[]\`)" --output json) || exit 1
  [[ $count != 0 ]]
}

# The names of the run's checkpoints that hold COMPLETE, oldest first.
complete_checkpoints() {
  retry 5 aws s3api list-objects-v2 --bucket "$outputs" --prefix "runs/$run/checkpoints/" --output json \
    --query "sort_by(Contents[?ends_with(Key, '/COMPLETE')] || \`[]\`, &LastModified)[].Key" |
    python3 -I -c 'import json, sys; [print(key.split("/")[3]) for key in json.load(sys.stdin) or [] if key.count("/") == 4]'
}

# The run that an interruption or a replaced machine left, or a new one.
choose_run() {
  if [[ -n $run ]] && exists "runs/$run/SUCCESS"; then
    say "Run $run has succeeded: only the end of the machine is missing"
    exit 0
  fi
  if [[ -z $run && $(terradev-setting resume true) != false ]]; then
    if exists runs/LATEST; then
      run=$(retry 5 s3 cp "s3://$outputs/runs/LATEST" -)
    fi
    if [[ -n $run && ! $run =~ ^[A-Za-z0-9._-]+$ ]]; then
      run=''
    elif [[ -n $run ]] && exists "runs/$run/SUCCESS"; then
      say "Run $run has succeeded: a new one begins"
      run=''
    fi
  fi
  run=${run:-$environment-$(date -u +%Y%m%dT%H%M%SZ)}
  echo "$run" >"$state/run"
  retry 5 s3 cp "$state/run" "s3://$outputs/runs/LATEST"
  say "Run $run"
}

fetch_checkpoint() {
  local newest
  newest=$(complete_checkpoints | tail -n 1)
  if [[ -z $newest ]]; then
    say "No checkpoint to resume from"
  elif [[ -e $job/checkpoints/$newest/COMPLETE ]]; then
    say "Checkpoint $newest is here already"
  else
    # COMPLETE comes last here as well.
    retry 5 sync "$(run_url "checkpoints/$newest/")" "$job/checkpoints/$newest" --exclude COMPLETE
    touch "$job/checkpoints/$newest/COMPLETE"
    say "Resumes from checkpoint $newest"
  fi
  s3 rm "$(run_url INTERRUPTED)"
  s3 rm "$(run_url FAILURE)"
}

# The token goes to the container in a file in memory: never on a command line, never into a log.
fetch_token() {
  local secret token
  secret=$(terradev-setting hub_token_secret '')
  (umask 077 && : >"$env_file")
  if [[ -n $secret ]]; then
    if token=$(retry 3 aws secretsmanager get-secret-value --secret-id="$secret" --query SecretString --output text 2>/dev/null) && [[ $token =~ ^[!-~]+$ ]]; then
      printf 'HF_TOKEN=%s\n' "$token" >"$env_file"
      say "The hub token is read"
    else
      say "The secret holds no usable token: going on without"
    fi
  fi
}

run_container() {
  local arguments=() code=0
  mapfile -d '' arguments < <(terradev-setting command '[]' | python3 -I -c '
import json, sys
sys.stdout.write("".join(argument + "\0" for argument in json.load(sys.stdin)))')
  if ((${#arguments[@]} == 0)); then
    arguments=(sh -c 'python3 -m pip install --quiet --root-user-action ignore -r /opt/terradev/requirements.txt && exec python3 /opt/terradev/train.py')
  fi
  docker rm --force "$container" >/dev/null 2>&1 || true
  docker run --name "$container" --gpus all --network host --ipc host --ulimit memlock=-1 --ulimit stack=67108864 \
    --env-file "$env_file" --env TERRADEV_RUN="$run" \
    --env TERRADEV_SETTINGS=/etc/terradev/environment.json --env TERRADEV_DATA=/job/data --env TERRADEV_OUTPUTS=/job/outputs \
    --env TERRADEV_CHECKPOINTS=/job/checkpoints --env HF_HOME=/job/cache --env PYTHONUNBUFFERED=1 \
    --volume "$root/etc/terradev:/etc/terradev:ro" --volume "$home:/opt/terradev:ro" --volume "$job:/job" --workdir /job \
    --entrypoint '' -- "$1" "${arguments[@]}" 2>&1 | tee -a "$log" || code=${PIPESTATUS[0]}
  echo "$code" >"$exit_file.new"
  mv "$exit_file.new" "$exit_file"
}

# publish SECONDS: copies the newest complete checkpoint to the bucket, its COMPLETE last, and drops all but the two
# newest there. A program that writes no COMPLETE is taken to have finished after SECONDS without a write.
publish() {
  local quiet=$1 folder newest='' written name old
  exec 9>"$volatile/publish.lock"
  flock -w 100 9 || return 1
  for folder in "$job"/checkpoints/*/; do
    folder=${folder%/}
    if [[ -e $folder/COMPLETE ]] || { [[ -n $(find "$folder" -type f -print -quit 2>/dev/null) ]] && [[ -z $(find "$folder" -newermt "-$quiet seconds" -print -quit) ]]; }; then
      if [[ -z $newest || $folder -nt $newest ]]; then
        newest=$folder
      fi
    fi
  done
  name=${newest##*/}
  if [[ ! $name =~ ^[A-Za-z0-9._-]+$ ]]; then
    return 0
  fi
  written="$name $(find "$newest" -printf '%T@\n' | sort -n | tail -n 1)"
  if [[ $written == "$(cat "$state/published" 2>/dev/null)" ]]; then
    return 0
  fi
  s3 rm "$(run_url "checkpoints/$name/COMPLETE")"
  retry 3 sync "$newest" "$(run_url "checkpoints/$name/")" --exclude COMPLETE
  date -u +%FT%TZ | s3 cp - "$(run_url "checkpoints/$name/COMPLETE")"
  echo "$name" >"$state/checkpoint"
  echo "$written" >"$state/published"
  say "Checkpoint $name is in the bucket"
  complete_checkpoints | head -n -2 | while IFS= read -r old; do
    s3 rm "$(run_url "checkpoints/$old/COMPLETE")"
    s3 rm --recursive "$(run_url "checkpoints/$old/")"
  done
  exec 9>&-
}

train() {
  local next code
  if ! tmux -L terradev has-session -t "=$container" 2>/dev/null; then
    rm -f "$exit_file"
    tmux -L terradev new-session -d -s "$container" "$0" container "$image"
  fi
  next=$((SECONDS + interval * 60))
  while [[ ! -e $exit_file ]]; do
    if [[ -e $interruption ]]; then
      say "AWS takes the machine away: the interruption hook has the rest"
      exit 0
    elif ! tmux -L terradev has-session -t "=$container" 2>/dev/null && [[ ! -e $exit_file ]]; then
      sleep 1
      [[ -e $exit_file ]] || echo 125 >"$exit_file"
    elif ((interval > 0 && SECONDS >= next)); then
      # A checkpoint that cannot be copied now may be copied next time; training goes on.
      "$0" publish 60 || say "The checkpoint could not be copied"
      next=$((SECONDS + interval * 60))
    else
      sleep "$poll"
    fi
  done
  code=$(<"$exit_file")
  say "ended with exit code $code"
  return "$code"
}

copy_outputs() {
  retry 5 sync "$job/outputs" "$(run_url outputs/)" --no-follow-symlinks
  sync "$logs" "$(run_url logs/)" --exclude '*' --include 'train*.log' || true
}

# Whatever ended the job, the machine ends too, unless it is being taken away or shut down: then the run goes on elsewhere.
ended() {
  local code=$1 reason
  trap - EXIT
  set +e
  rm -f "$env_file"
  if [[ -n $stopped || -e $interruption || $(systemctl is-system-running 2>/dev/null) == stopping ]]; then
    say "leaves the run open"
    exit 0
  fi
  if ((code == 0)); then
    marker SUCCESS 0 "training ended"
    say "Run $run succeeded"
    terradev-terminate success
  else
    reason="step $step ended with exit code $code"
    say "Failure: $reason"
    if [[ -n ${run:-} && -n ${outputs:-} ]]; then
      if [[ $step == training ]]; then
        "$0" publish 5
      fi
      if [[ $step != outputs && -d ${job:-}/outputs ]]; then
        copy_outputs
      fi
      marker FAILURE "$code" "$reason"
    fi
    terradev-terminate failure
  fi
}

case ${1:-} in
  container)
    settings
    run_container "$2"
    ;;
  publish)
    settings
    step=checkpoint
    publish "${2:-60}"
    ;;
  interrupted)
    settings
    step=interruption
    marker INTERRUPTED 0 "AWS takes the spot instance away at ${2:-an unknown time}"
    ;;
  *)
    trap 'ended $?' EXIT
    trap 'stopped=1; exit 143' TERM INT
    rm -f "$interruption"
    begin settings
    settings
    begin dependencies
    install_missing
    begin gpus
    gpus
    provide_image
    begin data
    mount_data
    fetch_data
    begin checkpoint
    choose_run
    fetch_checkpoint
    begin token
    fetch_token
    begin training
    train
    begin outputs
    copy_outputs
    ;;
esac
