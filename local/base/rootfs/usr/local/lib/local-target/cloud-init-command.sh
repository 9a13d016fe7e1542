#!/usr/bin/env bash
# The command `cloud-init` of the stand-in: `status` and `clean`, with cloud-init's own words and exit codes.
# https://docs.cloud-init.io/en/latest/reference/cli.html
set -euo pipefail
run=${CLOUD_INIT_RUN:-/run/cloud-init}
cloud=${CLOUD_INIT_LIB:-/var/lib/cloud}

read_status() {
  if [ -e "$run/result" ]; then
    head -n 1 "$run/result"
  elif [ -e "$run/datasource" ]; then
    echo running
  else
    echo 'not started'
  fi
}

status() {
  local wait=false long=false
  for option in "$@"; do
    case $option in
      --wait | -w) wait=true ;;
      --long | -l) long=true ;;
      *)
        echo "cloud-init: unrecognized arguments: $option" >&2
        return 2
        ;;
    esac
  done
  while $wait && [ ! -e "$run/result" ]; do
    printf .
    sleep 0.25
  done
  ! $wait || echo
  echo "status: $(read_status)"
  ! $long || tail -n +2 "$run/result" 2>/dev/null || true
  [ "$(read_status)" != error ]
}

# What an image must not carry over to the machines that are started from it.
clean() {
  rm -rf "${cloud:?}"/{data,instance,instances,sem}
  for option in "$@"; do
    case $option in
      --logs | -l) rm -f /var/log/cloud-init*.log ;;
      --machine-id) echo uninitialized >/etc/machine-id ;;
      --seed | -s) rm -rf "${cloud:?}/seed" ;;
      *)
        echo "cloud-init: unrecognized arguments: $option" >&2
        return 2
        ;;
    esac
  done
}

case ${1:-} in
  status) status "${@:2}" ;;
  clean) clean "${@:2}" ;;
  --version | -v) echo '/usr/bin/cloud-init stand-in' ;;
  *)
    echo 'cloud-init: this stand-in knows: status [--wait] [--long], clean [--logs] [--machine-id] [--seed]' >&2
    exit 2
    ;;
esac
