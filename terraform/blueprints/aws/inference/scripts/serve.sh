#!/bin/bash
# Serves the model for as long as the machine runs: prepares, starts the units and looks whether the model answers.
# Calls itself as `prepare`; the unit of the engine calls it as `engine`. May run again after a reboot.
set -euo pipefail
umask 077

root=${TERRADEV_ROOT:-}
bin=$root/opt/terradev/bin
state=$root/var/lib/terradev
logs=$root/var/log/terradev
units=$root/etc/systemd/system
export PATH="$bin:$PATH" HOME=${HOME:-/root}

container=terradev-engine
hub=${TERRADEV_HUB:-https://huggingface.co}
poll=${TERRADEV_POLL_SECONDS:-15}
patience=${TERRADEV_PATIENCE_SECONDS:-300}

say() { printf '%s %s\n' "$(date -u +%FT%TZ)" "$*"; }

# retry TIMES COMMAND...: waits 5, 10, 20, ... seconds between the attempts.
retry() {
  local times=$1 pause=${TERRADEV_RETRY_SECONDS:-5} attempt
  shift
  for ((attempt = 1; ; attempt++)); do
    if "$@"; then
      return 0
    elif ((attempt == times)); then
      say "Gave up after $times attempts: $1" >&2
      return 1
    fi
    sleep "$pause"
    pause=$((pause * 2))
  done
}

settings() {
  engine=$(terradev-setting engine vllm)
  image=$(terradev-setting image)
  port=$(terradev-setting port 8000)
  open=$(terradev-setting open false)
  region=$(terradev-setting region)
  export AWS_DEFAULT_REGION=$region
  if [[ ! $port =~ ^[0-9]{4,5}$ ]]; then
    say "The port $port is none"
    return 1
  fi
}

install_missing() {
  command -v docker >/dev/null || retry 3 dnf install -y -q docker
  if ! command -v nvidia-ctk >/dev/null; then
    retry 3 curl -sfL -o "$root/etc/yum.repos.d/nvidia-container-toolkit.repo" https://nvidia.github.io/libnvidia-container/stable/rpm/nvidia-container-toolkit.repo
    retry 3 dnf install -y -q nvidia-container-toolkit
    nvidia-ctk runtime configure --runtime=docker
    systemctl restart docker
  fi
  systemctl start docker
  if [[ $open == true ]]; then
    command -v nginx >/dev/null || retry 3 dnf install -y -q nginx
  fi
}

# Keys go to the engine in a file that only root reads: never on a command line, and out of its log by `redact`.
write_keys() {
  local secret token
  [[ -s $state/token ]] || od -An -tx1 -N24 /dev/urandom | tr -d ' \n' >"$state/token"
  token=$(<"$state/token")
  printf 'VLLM_API_KEY=%s\nAPI_KEY=%s\n' "$token" "$token" >"$state/engine.env.new"
  printf 's/%s/(token)/g\n' "$token" >"$state/redact"
  : >"$state/hub-header"
  secret=$(terradev-setting hub_token_secret '')
  if [[ -n $secret ]]; then
    if token=$(retry 3 aws secretsmanager get-secret-value --secret-id="$secret" --query SecretString --output text 2>/dev/null) && [[ $token =~ ^[A-Za-z0-9_.-]+$ ]]; then
      printf 'HF_TOKEN=%s\n' "$token" >>"$state/engine.env.new"
      printf 's/%s/(token)/g\n' "${token//./\\.}" >>"$state/redact"
      printf 'Authorization: Bearer %s\n' "$token" >"$state/hub-header"
    else
      say "The secret $secret holds no usable token: going on without"
    fi
  fi
  mv "$state/engine.env.new" "$state/engine.env"
}

provide_image() {
  if docker image inspect "$image" >/dev/null 2>&1; then
    return 0
  fi
  if [[ $image =~ ^([0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?)/ ]]; then
    local registry=${BASH_REMATCH[1]} home=${BASH_REMATCH[2]}
    login() { aws ecr get-login-password --region "$home" | docker login --username AWS --password-stdin "$registry" >/dev/null; }
    retry 5 login
  fi
  say "Pulling $image"
  retry 5 docker pull --quiet "$image"
}

# Leaves the model's config.json in $state/config.json and its place and name in `source` and `name`.
find_model() {
  local model folder
  model=$(terradev-setting model)
  folder=$(terradev-setting bucket_model '')
  install -d "$state/model" "$state/cache"
  if [[ -n $folder ]]; then
    source=/model
    name=${folder##*/}
    say "Copying production/$folder/ from the outputs bucket"
    retry 5 aws s3 sync "s3://$(terradev-setting outputs_bucket)/production/$folder/" "$state/model" --delete --only-show-errors
    if [[ ! -s $state/model/config.json ]]; then
      say "There is no config.json in production/$folder/"
      return 1
    fi
    cp "$state/model/config.json" "$state/config.json"
  elif [[ $model =~ ^huggingface:([A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?)$ ]]; then
    source=${BASH_REMATCH[1]}
    name=$source
    if ! retry 3 curl -sfL -m 60 -H "@$state/hub-header" -o "$state/config.json" "$hub/$source/resolve/main/config.json"; then
      say "The hub gives no config.json of $source: is the model gated, or not for transformers?"
      return 1
    fi
  else
    say "The model is neither on the hub nor in the bucket"
    return 1
  fi
}

gpus() {
  retry 6 nvidia-smi --query-gpu=name --format=csv,noheader >"$state/gpus"
  [[ -s $state/gpus ]]
  say "$(wc -l <"$state/gpus") GPUs: $(sort "$state/gpus" | uniq -c | tr '\n' ';')"
}

# write_unit NAME DESCRIPTION COMMAND [LINE...]
write_unit() {
  local file=$units/$1.service description=$2 command=$3
  shift 3
  printf '%s\n' '[Unit]' "Description=$description" 'Wants=network-online.target' 'After=network-online.target docker.service' 'StartLimitIntervalSec=0' '' \
    '[Service]' "ExecStart=$command" "$@" 'Restart=always' 'RestartSec=10' '' '[Install]' 'WantedBy=multi-user.target' >"$file"
  chmod 0644 "$file"
}

# The API itself listens on 127.0.0.1. For others it goes through here: over TLS, and only what asks for the token.
write_proxy() {
  local address public
  address=$(terradev-metadata local-ipv4)
  public=$(terradev-metadata public-ipv4 2>/dev/null) || public=$address
  install -d "$state/tls"
  if [[ ! -s $state/tls/key.pem ]]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 -subj /CN=terradev-inference \
      -addext "subjectAltName=IP:$address,IP:$public" -keyout "$state/tls/key.new" -out "$state/tls/certificate.pem" 2>/dev/null
    mv "$state/tls/key.new" "$state/tls/key.pem"
  fi
  cat >"$state/nginx.conf" <<CONF
worker_processes 1;
pid $root/run/terradev-proxy.pid;
error_log stderr;
events {}
http {
  access_log off;
  server_tokens off;
  client_max_body_size 64m;
  proxy_http_version 1.1;
  proxy_buffering off;
  proxy_read_timeout 1h;
  server {
    listen $address:$port ssl;
    ssl_certificate $state/tls/certificate.pem;
    ssl_certificate_key $state/tls/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    location /v1/ { proxy_pass http://127.0.0.1:$port/v1/; }
    location = /health { proxy_pass http://127.0.0.1:$port/health; }
    location / { return 404; }
  }
}
CONF
  write_unit terradev-proxy 'TLS for the API of the model' "$(command -v nginx) -c $state/nginx.conf -g 'daemon off;'" \
    "StandardOutput=append:$logs/proxy.log" StandardError=inherit
}

prepare() {
  local services=(terradev-engine) service source='' name=''
  settings
  install -d -m 0755 "$state" "$logs" "$units"
  install_missing
  gpus
  write_keys
  find_model
  serve-options "$engine" "$(terradev-setting precision bf16)" "$(wc -l <"$state/gpus")" "$(terradev-setting tensor_parallel '')" \
    "$(terradev-setting max_model_len '')" "$source" "$name" "$state/config.json" >"$state/arguments.new"
  mv "$state/arguments.new" "$state/arguments"
  provide_image
  write_unit "$container" "$engine" "$bin/serve engine" "ExecStop=-$(command -v docker) stop --time 20 $container" 'TimeoutStopSec=40'
  if [[ $open == true ]]; then
    write_proxy
    services+=(terradev-proxy)
  fi
  systemctl daemon-reload
  for service in "${services[@]}"; do
    systemctl enable "$service.service"
    systemctl restart "$service.service"
  done
  say "Started $engine for $name"
}

# On a network of its own, the container cannot ask the metadata service for the machine's role.
engine() {
  local arguments=() entry=()
  mapfile -d '' arguments <"$state/arguments"
  if [[ $engine == vllm ]]; then
    entry=(--entrypoint python3)
  fi
  docker rm --force "$container" >/dev/null 2>&1 || true
  exec docker run --rm --name "$container" --gpus all --ipc host --ulimit memlock=-1 --security-opt no-new-privileges \
    --publish "127.0.0.1:$port:8000" --env-file "$state/engine.env" --env HF_HOME=/cache --env HUGGINGFACE_HUB_CACHE=/cache/hub \
    --env VLLM_NO_USAGE_STATS=1 --env USAGE_STATS=off --volume "$state/cache:/cache" --volume "$state/model:/model:ro" \
    "${entry[@]}" -- "$image" "${arguments[@]}" > >(exec sed --unbuffered --file "$state/redact" >>"$logs/engine.log") 2>&1
}

# Weights may take an hour to arrive, so that only a model that has answered before is restarted.
watch_health() {
  local answers='' answered='' told=$SECONDS last=$SECONDS
  while true; do
    if curl -sf --noproxy '*' -m 10 -o /dev/null "http://127.0.0.1:$port/health"; then
      [[ $answers == yes ]] || say 'The model answers'
      answers=yes
      answered=yes
      last=$SECONDS
    else
      if [[ $answers != no ]] || ((SECONDS - told >= patience)); then
        say "The model does not answer; its unit is $(systemctl is-active terradev-engine.service || true)"
        told=$SECONDS
      fi
      answers=no
      if [[ -n $answered ]] && ((SECONDS - last >= patience)); then
        say "Restarting the model after $((SECONDS - last)) s without an answer"
        systemctl restart terradev-engine.service || true
        answered=''
      fi
    fi
    sleep "$poll"
  done
}

main() {
  local pause=${TERRADEV_RETRY_SECONDS:-30}
  install -d -m 0755 "$logs"
  until "$0" prepare; do
    say "Trying again in $pause s"
    sleep "$pause"
    pause=$((pause < 300 ? pause * 2 : pause))
  done
  settings
  watch_health
}

case ${1:-} in
  prepare) prepare ;;
  engine)
    settings
    engine
    ;;
  *) main ;;
esac
