#!/usr/bin/env bash
# Installs what the tests need, builds, and runs every test there is. The last line is "N passed, N failed, N skipped".
#
#   ./test.sh [--strict] [--filter NAME] [--no-install]
#
#   --strict       a missing tool fails the tests that need it instead of skipping them (also TERRADEV_TEST_STRICT=1)
#   --filter NAME  only .NET tests whose full name contains NAME and Terraform folders whose path does
#   --no-install   use what the machine has
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

filter='' install=yes
while [ $# -gt 0 ]; do
  case $1 in
    --strict) export TERRADEV_TEST_STRICT=1 ;;
    --filter) filter=${2:?--filter needs a name}; shift ;;
    --no-install) install=no ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift
done
strict=${TERRADEV_TEST_STRICT:-}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 MSBUILDDISABLENODEREUSE=1
results=$PWD/artifacts/test-results
cache=${XDG_CACHE_HOME:-$HOME/.cache}/terradev
rm -rf "$results"
mkdir -p "$results" "$cache"

passed=0 failed=0 skipped=0
postgres_folder=
finish() {
  stop_postgres
  [ "$((passed + failed + skipped))" -gt 0 ] || failed=1
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  # Said in full: in a trap a bare "exit" ends with the status from before the trap.
  exit "$((failed > 0))"
}
trap finish EXIT
trap 'failed=$((failed + 1)); exit' INT TERM

say() { printf '\n== %s (%ds)\n' "$*" "$SECONDS"; }
has() { command -v "$1" >/dev/null 2>&1; }

# One check is one test: silent when it passes, its output when it does not.
check() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    printf '   ok      %s\n' "$name"
  else
    failed=$((failed + 1))
    printf '   FAILED  %s\n%s\n' "$name" "$output"
  fi
}

without() {
  if [ -n "$strict" ]; then
    failed=$((failed + 1))
    printf '   FAILED  %s: %s is missing\n' "$1" "$2"
  else
    skipped=$((skipped + 1))
    printf '   skipped %s: %s is missing\n' "$1" "$2"
  fi
}

# ---- tools

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

# Debian packages by the file that each is wanted for. Their servers must not start: every test runs its own.
install_debian_packages() {
  local wanted=() policy=/usr/sbin/policy-rc.d made_policy=no
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || wanted+=(postgresql)
  [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || wanted+=(rabbitmq-server)
  has redis-server || wanted+=(redis-server)
  has shellcheck || wanted+=(shellcheck)
  has npm || wanted+=(npm)
  has ss || wanted+=(iproute2)
  has python3 || wanted+=(python3)
  has moto_server || python3 -c 'import ensurepip' 2>/dev/null || wanted+=(python3-venv)
  [ "${#wanted[@]}" -gt 0 ] || return 0
  if ! has apt-get || { [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; }; then
    printf '   not installed, for want of apt-get or root: %s\n' "${wanted[*]}"
    return 0
  fi
  if [ ! -e "$policy" ]; then
    made_policy=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  as_root apt-get -qq update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${wanted[@]}" >"$results/apt.log" 2>&1 \
    || { printf '   apt-get could not install %s:\n' "${wanted[*]}"; tail -n 5 "$results/apt.log"; }
  [ "$made_policy" = no ] || as_root rm -f "$policy"
}

install_npm_packages() {
  local stamp=tests/tools/node_modules/.package-lock.json
  if ! has npm; then
    return 0
  fi
  if [ ! -e "$stamp" ] || [ tests/tools/package-lock.json -nt "$stamp" ]; then
    npm ci --prefix tests/tools --no-fund --no-audit --loglevel=error >"$results/npm.log" 2>&1 \
      || { printf '   npm could not install tests/tools:\n'; tail -n 5 "$results/npm.log"; }
  fi
}

has_simulator() { has moto_server && has aws && python3 -c 'import moto.server' 2>/dev/null; }

install_aws_simulator() {
  local venv=$cache/moto-5.2.1
  if has_simulator; then
    return 0
  fi
  if [ ! -x "$venv/bin/moto_server" ]; then
    { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet 'moto[server]==5.2.1' 'awscli<2'; } >"$results/pip.log" 2>&1 \
      || { printf '   pip could not install the AWS simulator (moto) and the AWS CLI:\n'; tail -n 3 "$results/pip.log"; return 0; }
  fi
  export PATH=$venv/bin:$PATH
}

if ! has dotnet; then
  echo 'The .NET 10 SDK is missing: see README.md.' >&2
  failed=1
  exit
fi
if [ "$install" = yes ]; then
  say 'Tools'
  install_debian_packages
  install_npm_packages
  install_aws_simulator
elif [ -d "$cache/moto-5.2.1/bin" ] && ! has_simulator; then
  export PATH=$cache/moto-5.2.1/bin:$PATH
fi

# shellcheck source=eng/terraform-mirror.sh
. eng/terraform-mirror.sh
if [ -z "${TF_CLI_CONFIG_FILE:-}" ] && [ -z "${TF_PLUGIN_CACHE_DIR:-}" ]; then
  # No mirror: download the provider once, not once a folder.
  export TF_PLUGIN_CACHE_DIR=$cache/terraform-plugins
  mkdir -p "$TF_PLUGIN_CACHE_DIR"
fi

# ---- build

say 'Build'
if ! dotnet build Terradev.Core.slnf -c Release -v quiet -clp:NoSummary; then
  failed=1
  exit
fi

# ---- scripts and formatting

# Templates are shell only once Terraform has filled them in.
shell_scripts() { git ls-files ':!*.tftpl' | while read -r file; do case $(head -c 40 "$file" 2>/dev/null | tr -d '\0') in '#!'*sh*) printf '%s\n' "$file" ;; esac; done; }

if [ -z "$filter" ]; then
  say 'Scripts and formatting'
  if has shellcheck; then
    mapfile -t scripts < <(shell_scripts)
    check 'shellcheck' shellcheck -x "${scripts[@]}"
  else
    without 'shellcheck' shellcheck
  fi
  check 'dotnet format whitespace' dotnet format whitespace . --folder --verify-no-changes --exclude artifacts
fi

# ---- a PostgreSQL for the stores' tests (System.Tests start servers of their own)

in_postgres() {
  local as=()
  [ "$(id -u)" -ne 0 ] || as=(setpriv --reuid=postgres --regid=postgres --init-groups)
  (cd / && "${as[@]}" "$@") >>"$results/postgres.log" 2>&1
}

start_postgres() {
  local bin port
  [ -z "${TERRADEV_TEST_POSTGRES:-}" ] || return 0
  bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
  [ -n "$bin" ] || return 0
  postgres_folder=$(mktemp -d)
  [ "$(id -u)" -ne 0 ] || chown postgres "$postgres_folder"
  in_postgres "$bin/initdb" -D "$postgres_folder/data" -U terradev --auth trust -E UTF8 --no-locale --no-sync || return 0
  for _ in 1 2 3; do
    port=$((20000 + RANDOM % 12000))
    if in_postgres "$bin/pg_ctl" -D "$postgres_folder/data" -o "-h 127.0.0.1 -p $port -k $postgres_folder -F" -w start; then
      postgres_control=$bin/pg_ctl
      export TERRADEV_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=terradev"
      return 0
    fi
  done
}

stop_postgres() {
  [ -n "$postgres_folder" ] || return 0
  [ -z "${postgres_control:-}" ] || in_postgres "$postgres_control" -D "$postgres_folder/data" -m immediate stop
  rm -rf "$postgres_folder"
  postgres_folder=''
}

# ---- .NET tests

run_project() {
  local project=$1 name
  name=$(basename "$project")
  dotnet test "$project" -c Release --no-build --logger "trx;LogFileName=$name.trx" --logger 'console;verbosity=minimal' \
    --results-directory "$results" ${filter:+--filter "FullyQualifiedName~$filter"} 2>&1 \
    | grep -vE '^(Test run for|A total of|No test matches|Results File:|VSTest version|Starting test|\[xUnit|$)'
}

test_project() {
  say "$(basename "$1")"
  run_project "$1"
  count_project "$1"
}

count_project() {
  local name counters total ok bad
  name=$(basename "$1")
  counters=$(grep -o '<Counters [^>]*>' "$results/$name.trx" 2>/dev/null)
  if [ -z "$counters" ]; then
    if [ -z "$filter" ]; then
      failed=$((failed + 1))
      printf '   FAILED  %s gave no result\n' "$name"
    fi
    return
  fi
  total=$(sed -E 's/.* total="([0-9]+)".*/\1/' <<<"$counters")
  ok=$(sed -E 's/.* passed="([0-9]+)".*/\1/' <<<"$counters")
  bad=$(sed -E 's/.* executed="([0-9]+)".*/\1/' <<<"$counters")
  bad=$((bad - ok))
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - ok - bad))
}

start_postgres
# Whole environments, on the simulator: they mostly wait, so the others run meanwhile.
run_project tests/Blueprints.Tests >"$results/blueprints.log" &
blueprints=$!
for project in tests/*.Tests; do
  # AppHost.Tests needs Aspire's packages and is outside Terradev.Core.slnf; System.Tests comes last.
  case $project in tests/AppHost.Tests | tests/Blueprints.Tests | tests/System.Tests) continue ;; esac
  test_project "$project"
done
stop_postgres

# ---- Terraform

test_terraform_folder() {
  local folder=$1 log summary
  log=$results/terraform-${folder//\//-}.log
  if ! terraform -chdir="$folder" init -backend=false -input=false -no-color >"$log" 2>&1; then
    failed=$((failed + 1))
    printf '   FAILED  %s: init\n' "$folder"
    cat "$log"
    return
  fi
  check "$folder validate" terraform -chdir="$folder" validate -no-color
  [ -d "$folder/tests" ] || return
  terraform -chdir="$folder" test -no-color >"$log" 2>&1
  summary=$(grep -E '^(Success!|Failure!|Executed) .*[0-9]+ passed' "$log" | tail -n 1)
  if [ -z "$summary" ]; then
    failed=$((failed + 1))
    printf '   FAILED  %s: test\n' "$folder"
    cat "$log"
    return
  fi
  [[ $summary =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)? ]]
  passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + ${BASH_REMATCH[4]:-0}))
  printf '   %-7s %s: %s\n' "$([ "${BASH_REMATCH[2]}" -eq 0 ] && echo ok || echo FAILED)" "$folder" "$summary"
  [ "${BASH_REMATCH[2]}" -eq 0 ] || cat "$log"
}

say 'Terraform'
if has terraform; then
  [ -n "$filter" ] || check 'terraform fmt' terraform fmt -check -recursive -diff terraform
  for folder in terraform/modules/*/* terraform/blueprints/*/*; do
    case $folder in *"$filter"*) [ ! -e "$folder/versions.tf" ] || test_terraform_folder "$folder" ;; esac
  done
else
  without 'terraform' terraform
fi

if [ -z "$filter" ]; then
  check 'Lambda zips' eng/build-lambdas --check
  for file in terraform/*/*/*/tests/*_test.py; do
    check "$file" python3 "$file"
  done
fi

say Blueprints.Tests
wait "$blueprints"
cat "$results/blueprints.log"
count_project tests/Blueprints.Tests

# ---- the whole system

test_project tests/System.Tests
