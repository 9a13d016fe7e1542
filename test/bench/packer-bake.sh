#!/usr/bin/env bash
# The provisioning of image:build by user data, as one does it who uses Packer without a way into the machine.
# A machine on which it fails does not stop, and Packer gives up: half an image is no result.
# @inject: fetch folder scripts
set -uo pipefail
# We run inside of it, and would wait for ourselves.
cloud-init() { :; }
export -f cloud-init
bake() {
  bash -c "${fetch:?}" || return
  cd "${folder:?}" || return
  local script
  while read -r script; do bash "$script" </dev/null || return; done <<<"${scripts:?}"
}
bake >/run/packer-bake.log 2>&1 || exec sleep infinity
systemctl poweroff
