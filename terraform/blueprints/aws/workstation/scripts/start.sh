#!/bin/bash
# Makes a workstation of the machine: data volume, shared folder, SSH key, JupyterLab and TensorBoard. May run again.
set -euo pipefail
umask 077

root=${TERRADEV_ROOT:-}
bin=$root/opt/terradev/bin
state=$root/var/lib/terradev
units=$root/etc/systemd/system
devices=$root/dev
data=$root/data
shared=$root/shared
venvs=$root/opt/terradev/venvs

# The first account that is not the system's: ec2-user, ubuntu, ...
user=$(id --name --user 1000)

say() { printf '%s %s\n' "$(date --utc +%FT%TZ)" "$*"; }

setting() { "$bin/terradev-setting" "$@"; }

# retry TIMES COMMAND...: waits 5, 10, 20, ... seconds between tries.
retry() {
  local times=$1 wait=${TERRADEV_RETRY_SECONDS:-5} try
  shift
  for ((try = 1; try <= times; try++)); do
    "$@" && return 0
    ((try == times)) || sleep "$((wait * (1 << (try - 1))))"
  done
  say "Gave up after $times tries: $1"
  return 1
}

# A volume appears some seconds after the machine; on Nitro under its id, elsewhere under the name it was attached by.
find_device() {
  local volume=$1 try name
  for ((try = 0; try < 60; try++)); do
    for name in "$devices/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volume/-/}" "$devices/sdf" "$devices/xvdf"; do
      if [ -e "$name" ]; then
        readlink --canonicalize "$name"
        return 0
      fi
    done
    sleep "${TERRADEV_RETRY_SECONDS:-5}"
  done
  return 1
}

mount_data() {
  local volume device kind=0 uuid type
  volume=$(setting data_volume_id '')
  install --directory --mode 0755 "$data"
  if [ -n "$volume" ] && ! mountpoint --quiet "$data"; then
    device=$(find_device "$volume") || { say "Volume $volume did not appear"; return 1; }
    # 2: blkid looked and found nothing. Anything else is data, or a disk it could not read: never formatted.
    blkid --probe "$device" >/dev/null || kind=$?
    case $kind in
      0) ;;
      2) say "Formatting $volume"; mkfs.xfs -q "$device" ;;
      *) say "Cannot tell what is on $volume (blkid $kind); left alone"; return 1 ;;
    esac
    uuid=$(blkid --match-tag UUID --output value "$device") || uuid=''
    type=$(blkid --match-tag TYPE --output value "$device") || type=''
    if [ -z "$uuid" ] || [ -z "$type" ]; then
      say "There is something else than a file system on $volume; left alone"
      return 1
    fi
    grep --quiet --no-messages "^UUID=$uuid " "$root/etc/fstab" || echo "UUID=$uuid $data $type defaults,nofail 0 2" >>"$root/etc/fstab"
    mount "$data"
    # The volume may have grown since it was formatted.
    if [ "$type" = xfs ]; then xfs_growfs "$data" >/dev/null; fi
    say "Mounted $volume at $data"
  fi
  chown "$user:" "$data"
  install --directory --mode 0755 --owner "$user" "$data/notebooks" "$data/runs"
}

# Called where failures are let pass, which turns set -e off inside: each step says itself what follows.
mount_shared() {
  local id point
  id=$(setting file_system_id '')
  if [ -z "$id" ] || mountpoint --quiet "$shared"; then
    return 0
  fi
  point=$(setting access_point_id) || return 1
  command -v mount.efs >/dev/null || retry 3 dnf install --assumeyes --quiet amazon-efs-utils || return 1
  install --directory --mode 0755 "$shared"
  grep --quiet --no-messages "^$id:/ " "$root/etc/fstab" || echo "$id:/ $shared efs _netdev,nofail,tls,iam,accesspoint=$point 0 0" >>"$root/etc/fstab"
  retry 6 mount "$shared" || return 1
  say "Mounted $id at $shared"
}

admit_key() {
  local key home
  key=$(setting ssh_public_key '')
  [ -n "$key" ] || return 0
  home=$root$(getent passwd "$user" | cut --delimiter : --fields 6)
  install --directory --mode 0700 --owner "$user" "$home/.ssh"
  grep --quiet --no-messages --fixed-strings --line-regexp -- "$key" "$home/.ssh/authorized_keys" || printf '%s\n' "$key" >>"$home/.ssh/authorized_keys"
  chown "$user:" "$home/.ssh/authorized_keys"
}

# Amazon Linux 2023 calls Python 3.9 python3, which is too old for what is pinned.
find_python() {
  local name
  if command -v dnf >/dev/null; then
    command -v python3.12 >/dev/null || retry 3 dnf install --assumeyes --quiet python3.12 python3.12-pip >&2 || true
  fi
  for name in python3.12 python3.11 python3.10 python3; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info < (3, 13))' 2>/dev/null; then
      echo "$name"
      return 0
    fi
  done
  say 'No Python from 3.10 to 3.12 with venv' >&2
  return 1
}

# environment NAME REQUIREMENTS PYTHON: an environment is made anew when its requirements changed.
environment() {
  local folder=$venvs/$1 requirements=$root/opt/terradev/$2 python=$3
  if cmp --quiet "$requirements" "$folder/requirements.txt"; then
    return 0
  fi
  say "Installing $2"
  rm --recursive --force "$folder"
  "$python" -m venv "$folder"
  retry 4 "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
  chmod --recursive go+rX "$folder"
  # Last: an installation that was cut short begins again.
  install --mode 0644 "$requirements" "$folder/requirements.txt"
}

write_secrets() {
  local secret token
  [ -s "$state/token" ] || od --address-radix n --format x1 --read-bytes 24 /dev/urandom | tr --delete ' \n' >"$state/token"
  {
    echo "JUPYTER_TOKEN=$(<"$state/token")"
    echo "TERRADEV_DATASETS_BUCKET=$(setting datasets_bucket)"
    echo "TERRADEV_OUTPUTS_BUCKET=$(setting outputs_bucket)"
  } >"$state/jupyter.env.new"
  secret=$(setting hub_token_secret '')
  if [ -n "$secret" ]; then
    token=$(aws secretsmanager get-secret-value --region "$(setting region)" --secret-id "$secret" --query SecretString --output text 2>/dev/null) || token=''
    if [[ $token =~ ^[A-Za-z0-9_.-]+$ ]]; then
      echo "HF_TOKEN=$token" >>"$state/jupyter.env.new"
    else
      say "Secret $secret holds no token yet; put one there and run $bin/workstation again"
    fi
  fi
  mv "$state/jupyter.env.new" "$state/jupyter.env"
}

# write_unit NAME DESCRIPTION COMMAND [LINE...]
write_unit() {
  local name=$1 description=$2 command=$3
  shift 3
  install --directory --mode 0755 "$units"
  {
    printf '%s\n' '[Unit]' "Description=$description" 'Wants=network-online.target' 'After=network-online.target' "RequiresMountsFor=$data" '' \
      '[Service]' "User=$user" "WorkingDirectory=$data" "ExecStart=$command" "$@" 'Restart=always' 'RestartSec=5' \
      '' '[Install]' 'WantedBy=multi-user.target'
  } >"$units/$name.service"
  chmod 0644 "$units/$name.service"
}

start_jupyter() {
  local bind=$1 tls=()
  write_secrets
  "$venvs/tensorflow/bin/python" -m ipykernel install --prefix "$venvs/pytorch" --name tensorflow --display-name TensorFlow >/dev/null
  "$venvs/pytorch/bin/python" -m ipykernel install --prefix "$venvs/pytorch" --name python3 --display-name PyTorch >/dev/null
  chmod --recursive go+rX "$venvs/pytorch/share/jupyter"
  if [ "$bind" != 127.0.0.1 ]; then
    install --directory --mode 0700 --owner "$user" "$state/tls"
    [ -s "$state/tls/key.pem" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 -subj /CN=terradev-workstation \
      -keyout "$state/tls/key.pem" -out "$state/tls/certificate.pem" 2>/dev/null
    chown "$user:" "$state/tls/key.pem" "$state/tls/certificate.pem"
    tls=("--ServerApp.certfile=$state/tls/certificate.pem" "--ServerApp.keyfile=$state/tls/key.pem")
  fi
  # The token comes from the environment: a command line is everybody's to read.
  write_unit terradev-jupyter JupyterLab \
    "$venvs/pytorch/bin/jupyter-lab --no-browser --ip=$bind --port=8888 --ServerApp.port_retries=0 --ServerApp.root_dir=$data ${tls[*]}" \
    "EnvironmentFile=$state/jupyter.env"
}

start_tensorboard() {
  write_unit terradev-tensorboard TensorBoard "$venvs/pytorch/bin/tensorboard --host=$1 --port=6006 --logdir=$data/runs"
}

main() {
  local python bind services=()
  install --directory --mode 0755 "$state"
  mount_data
  # A workstation without its shared folder is still of use.
  mount_shared || say 'The shared folder is missing'
  admit_key

  bind=$(setting bind 127.0.0.1)
  if [ "$(setting jupyter true)" = true ]; then services+=(jupyter); fi
  if [ "$(setting tensorboard true)" = true ]; then services+=(tensorboard); fi
  if [ "${#services[@]}" -gt 0 ]; then
    python=$(find_python)
    install --directory --mode 0755 "$venvs"
    environment pytorch requirements.txt "$python"
    if [ "${services[0]}" = jupyter ]; then environment tensorflow requirements-tensorflow.txt "$python"; fi
    local service
    for service in "${services[@]}"; do "start_$service" "$bind"; done
    systemctl daemon-reload
    for service in "${services[@]}"; do
      systemctl enable "terradev-$service.service"
      systemctl restart "terradev-$service.service"
    done
  fi
  say "Ready: ${services[*]:-a shell}"
}

main
