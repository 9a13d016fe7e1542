#!/usr/bin/env bash
# Stands in for the last stage of cloud-init: runs the user data of this instance once, and says when the boot is over.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
set -uo pipefail
run=${CLOUD_INIT_RUN:-/run/cloud-init}
cloud=${CLOUD_INIT_LIB:-/var/lib/cloud}
log=${CLOUD_INIT_LOG:-/var/log/cloud-init-output.log}
instance=$cloud/instance
script=$instance/scripts/part-001
errors=()
# shellcheck source=local/base/rootfs/usr/local/lib/local-target/uptime.sh
source "${BASH_SOURCE[0]%/*}/uptime.sh"

warn() {
  echo "$1"
  errors+=("$1")
}

# Sets kind: what a file of user data is, by its first bytes.
read_kind() {
  local first LC_ALL=C
  # bash drops the zeros of what is no text at all.
  IFS= read -r -d '' -n 16 first 2>/dev/null <"$1"
  case $first in
    '') if [ -s "$1" ]; then kind=text; else kind=nothing; fi ;;
    '#!'*) kind=script ;;
    '#cloud-config'*) kind='cloud-config' ;;
    '#cloud-boothook'*) kind='cloud-boothook' ;;
    '#include'*) kind=include ;;
    '## template'*) kind=template ;;
    Content-Type:* | MIME-Version:*) kind='MIME multi-part' ;;
    *) kind=text ;;
  esac
}

# User data may come packed; the script is what is inside.
unpack_user_data() {
  local first LC_ALL=C
  IFS= read -r -d '' -n 2 first <"$instance/user-data.txt"
  if [ "$first" = $'\x1f\x8b' ]; then
    gzip -dc <"$instance/user-data.txt" >"$script"
  else
    cat "$instance/user-data.txt" >"$script"
  fi
  chmod 700 "$script"
}

scripts_user() {
  local kind code
  # Nothing to do in most machines that are tried out, and then nothing is started for it.
  [ -s "$instance/user-data.txt" ] || return 0
  [ -d "$instance/scripts" ] || mkdir -p "$instance/scripts"
  unpack_user_data || warn 'cloud-init: user data looks like gzip and cannot be unpacked'
  read_kind "$script"
  case $kind in
    nothing) ;;
    script)
      "$script" </dev/null
      code=$?
      [ "$code" -eq 0 ] || warn "Failed to run $script [$code]: user data ended with exit code $code"
      return
      ;;
    text) warn 'cloud-init: user data begins with neither #! nor #cloud-config, so it is not run' ;;
    *) warn "cloud-init: this stand-in only runs scripts that begin with #!; user data of the kind $kind is not run" ;;
  esac
  rm -f "$script"
}

finish() {
  local now up
  date_of_now
  now=$REPLY
  seconds_up
  up=$REPLY
  [ ! -d "$instance" ] || echo "$up - $now - v. stand-in" >"$instance/boot-finished"
  # One word that cloud-init status reads; moved, so that nobody reads a half.
  if [ ${#errors[@]} -eq 0 ]; then echo 'done'; else printf 'error\n%s\n' "${errors[@]}"; fi >"$run/.result"
  mv "$run/.result" "$run/result"
  echo "Cloud-init v. stand-in finished at $now. Datasource $datasource. Up $up seconds"
}

exec > >(exec tee -a "$log") 2>&1
read -r datasource <"$run/datasource"
if [ "$datasource" = DataSourceEc2 ] && [ ! -e "$instance/sem/config_scripts_user" ]; then
  # Before it runs: a script that reboots the machine is not run again, as on EC2.
  : >"$instance/sem/config_scripts_user"
  scripts_user
fi
finish
[ ${#errors[@]} -eq 0 ]
