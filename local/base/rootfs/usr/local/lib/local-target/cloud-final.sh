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
source "$(dirname "${BASH_SOURCE[0]}")/uptime.sh"

warn() {
  echo "$1"
  errors+=("$1")
}

# What user data is, by its first bytes.
read_kind() {
  case $(head -c 16 "$1" | tr -d '\0') in
    '') echo nothing ;;
    '#!'*) echo script ;;
    '#cloud-config'*) echo cloud-config ;;
    '#cloud-boothook'*) echo cloud-boothook ;;
    '#include'*) echo include ;;
    '## template'*) echo template ;;
    Content-Type:* | MIME-Version:*) echo 'MIME multi-part' ;;
    *) echo text ;;
  esac
}

# User data may come packed; the script is what is inside.
unpack_user_data() {
  if [ "$(od -An -tx1 -N2 "$instance/user-data.txt")" = ' 1f 8b' ]; then
    gzip -dc <"$instance/user-data.txt" >"$script"
  else
    cat "$instance/user-data.txt" >"$script"
  fi
  chmod 700 "$script"
}

scripts_user() {
  local kind code
  mkdir -p "$instance/scripts"
  unpack_user_data || warn 'cloud-init: user data looks like gzip and cannot be unpacked'
  kind=$(read_kind "$script")
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
  local line up
  up=$(seconds_up)
  line="Cloud-init v. stand-in finished at $(date -uR). Datasource $(<"$run/datasource"). Up $up seconds"
  [ ! -d "$instance" ] || echo "$up - $(date -uR) - v. stand-in" >"$instance/boot-finished"
  # One word that cloud-init status reads; moved, so that nobody reads a half.
  if [ ${#errors[@]} -eq 0 ]; then echo 'done'; else printf 'error\n%s\n' "${errors[@]}"; fi >"$run/.result"
  mv "$run/.result" "$run/result"
  echo "$line"
}

exec > >(exec tee -a "$log") 2>&1
if [ "$(<"$run/datasource")" = DataSourceEc2 ] && [ ! -e "$instance/sem/config_scripts_user" ]; then
  # Before it runs: a script that reboots the machine is not run again, as on EC2.
  touch "$instance/sem/config_scripts_user"
  scripts_user
fi
finish
[ ${#errors[@]} -eq 0 ]
