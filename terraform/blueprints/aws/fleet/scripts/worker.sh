#!/bin/bash
# One worker of the fleet: mounts /shared, runs the container for as long as the machine is wanted, and then drains.
set -euo pipefail
umask 077

root=${TERRADEV_ROOT:-}
state=$root/var/lib/terradev
volatile=$root/run/terradev
logs=$root/var/log/terradev
shared=$root/shared
export PATH="$root/opt/terradev/bin:$PATH" HOME=${HOME:-/root}

container=terradev-worker
vllm=vllm/vllm-openai:v0.10.2
poll=${TERRADEV_POLL_SECONDS:-5}

say() { echo "$(date -u +%FT%TZ) $*" >&2; }

# retry TIMES COMMAND...: waits 5, 10, 20, ... seconds between the attempts.
retry() {
  local times=$1 pause=${TERRADEV_RETRY_SECONDS:-5} attempt
  shift
  for ((attempt = 1; ; attempt++)); do
    if "$@"; then
      return 0
    elif ((attempt == times)); then
      say "Gave up after $times attempts: $1"
      return 1
    fi
    sleep "$pause"
    pause=$((pause * 2))
  done
}

install_missing() {
  command -v mount.efs >/dev/null || retry 3 dnf install -y -q amazon-efs-utils
  command -v docker >/dev/null || retry 3 dnf install -y -q docker
  if ! command -v nvidia-ctk >/dev/null; then
    retry 3 curl -sfL -o "$root/etc/yum.repos.d/nvidia-container-toolkit.repo" https://nvidia.github.io/libnvidia-container/stable/rpm/nvidia-container-toolkit.repo
    retry 3 dnf install -y -q nvidia-container-toolkit
    nvidia-ctk runtime configure --runtime=docker
    systemctl restart docker
  fi
  systemctl start docker
}

mount_shared() {
  mkdir -p "$shared"
  mountpoint -q "$shared" ||
    retry 6 mount -t efs -o "tls,iam,accesspoint=$(terradev-setting access_point_id)" "$(terradev-setting file_system_id):/" "$shared"
}

# One token for the fleet: the first worker links its own to the name, which only one can.
fleet_token() {
  local own=$shared/.token-$$-$RANDOM
  if [[ ! -s $shared/token ]]; then
    od -An -tx1 -N24 /dev/urandom | tr -d ' \n' >"$own"
    ln "$own" "$shared/token" 2>/dev/null || true
    rm -f "$own"
  fi
  cat "$shared/token"
}

# Tokens go to the container in a file that only root reads: never on a command line, never into a log.
write_env() {
  local secret token
  : >"$volatile/worker.env"
  secret=$(terradev-setting hub_token_secret '')
  if [[ -n $secret ]]; then
    if token=$(retry 3 aws secretsmanager get-secret-value --secret-id="$secret" --query SecretString --output text 2>/dev/null) && [[ $token =~ ^[A-Za-z0-9_.-]+$ ]]; then
      echo "HF_TOKEN=$token" >>"$volatile/worker.env"
    else
      say "The secret $secret holds no usable token: going on without"
    fi
  fi
  if [[ -z $own_image ]]; then
    token=$(fleet_token)
    echo "VLLM_API_KEY=$token" >>"$volatile/worker.env"
  fi
}

provide_image() {
  if [[ $image =~ ^([0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?)/ ]]; then
    local registry=${BASH_REMATCH[1]} home=${BASH_REMATCH[2]}
    login() { aws ecr get-login-password --region "$home" | docker login --username AWS --password-stdin "$registry" >/dev/null; }
    retry 5 login
  fi
  retry 5 docker pull --quiet -- "$image"
}

# What the container is started with, in `entry` and `arguments`.
choose_command() {
  local model precision
  entry=()
  mapfile -d '' arguments < <(terradev-setting command '[]' | python3 -I -c '
import json, sys
sys.stdout.write("".join(argument + "\0" for argument in json.load(sys.stdin)))')
  if ((${#arguments[@]} > 0)); then
    entry=(--entrypoint '')
  elif [[ -z $own_image ]]; then
    model=$(terradev-setting model)
    precision=$(terradev-setting precision)
    arguments=(--model "${model#huggingface:}" --host 0.0.0.0 --port "$port" --tensor-parallel-size "$(nvidia-smi -L | wc -l)")
    case $precision in
      bf16) arguments+=(--dtype bfloat16) ;;
      fp16) arguments+=(--dtype float16) ;;
      fp32) arguments+=(--dtype float32) ;;
      fp8) arguments+=(--quantization fp8) ;;
      int4) arguments+=(--quantization bitsandbytes) ;;
      *) ;; # The model's own settings say how it is quantized.
    esac
  fi
}

# On a network of its own, the container cannot ask the metadata service for the machine's role.
run_container() {
  docker rm --force "$container" >/dev/null 2>&1 || true
  docker run --name "$container" --gpus all --shm-size 8g --ulimit memlock=-1 --security-opt no-new-privileges \
    --publish "$port:$port" --env-file "$volatile/worker.env" --env HF_HOME=/shared/huggingface --env PORT="$port" \
    --env TERRADEV_SETTINGS=/etc/terradev/environment.json --env PYTHONUNBUFFERED=1 --env VLLM_NO_USAGE_STATS=1 \
    --volume "$root/etc/terradev:/etc/terradev:ro" --volume "$shared:/shared" \
    "${entry[@]}" -- "$image" "${arguments[@]}" >>"$logs/worker.log" 2>&1
}

watch_group() {
  while [[ ! -e $volatile/draining ]]; do
    if [[ $(terradev-metadata autoscaling/target-lifecycle-state 2>/dev/null) == Terminated ]]; then
      drain
      return
    fi
    sleep "$poll"
  done
}

mkdir -p "$state" "$volatile" "$logs"
# Gone after a reboot, as the container is.
rmdir "$volatile/draining" 2>/dev/null || true
# From the start: a machine may be given up before it serves.
watch_group &

AWS_DEFAULT_REGION=$(terradev-setting region)
export AWS_DEFAULT_REGION
port=$(terradev-setting port 8000)
own_image=$(terradev-setting image '')
image=${own_image:-$vllm}
install_missing
mount_shared
retry 6 nvidia-smi -L >/dev/null
write_env
provide_image
choose_command
say "Running $image"
while [[ ! -e $volatile/draining ]]; do
  code=0
  run_container || code=$?
  say "The container ended with exit code $code"
  [[ -e $volatile/draining ]] || sleep "${TERRADEV_RESTART_SECONDS:-10}"
done
wait
