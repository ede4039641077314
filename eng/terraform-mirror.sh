# Sourced. Where the disk holds a Terraform provider mirror and the user has no Terraform CLI configuration, writes one that
# uses the mirror and exports TF_CLI_CONFIG_FILE. Providers that the mirror lacks are still installed from their registry.

terradev_find_provider_mirror() {
  local root found
  for root in ~/.terraform.d/plugins ~/.local/share/terraform/plugins /usr/local/share/terraform/plugins /usr/share/terraform/plugins; do
    if [ -d "$root/registry.terraform.io" ]; then
      printf '%s\n' "$root"
      return 0
    fi
  done
  for root in /opt /srv /var/lib /usr/share /usr/local/share; do
    found=$(find "$root" -mindepth 1 -maxdepth 3 -type d -name registry.terraform.io -print -quit 2>/dev/null) || true
    if [ -n "$found" ]; then
      dirname "$found"
      return 0
    fi
  done
  return 1
}

terradev_use_provider_mirror() {
  if [ -n "${TF_CLI_CONFIG_FILE:-}" ]; then
    [ ! -e "$TF_CLI_CONFIG_FILE" ] || return 0
    unset TF_CLI_CONFIG_FILE
  fi
  [ ! -e ~/.terraformrc ] || return 0

  local mirror folder provider providers=() names file
  mirror=$(terradev_find_provider_mirror) || return 0
  for folder in "$mirror"/registry.terraform.io/*/*/; do
    [ -d "$folder" ] || continue
    provider=${folder#"$mirror"/}
    providers+=("\"${provider%/}\"")
  done
  [ "${#providers[@]}" -gt 0 ] || return 0
  names=$(IFS=,; printf '%s' "${providers[*]}")

  file=${XDG_CACHE_HOME:-~/.cache}/terradev/terraform.rc
  mkdir -p "$(dirname "$file")"
  cat >"$file.$$" <<CONFIG
disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path    = "$mirror"
    include = [$names]
  }
  direct {
    exclude = [$names]
  }
}
CONFIG
  mv "$file.$$" "$file"
  export TF_CLI_CONFIG_FILE=$file
}

terradev_use_provider_mirror
