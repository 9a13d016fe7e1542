#!/usr/bin/env bash
# What the base for the other engine is made of, as $draft/rootfs.tar and $draft/repository: minutes are saved where
# both engines are used. $1: its folder. Exit code 1: there is none, or it cannot be read.
set -euo pipefail
: "${draft:?}"
twin=$1
[ -e "$twin/base.json" ] || exit 1
if [ -e "$twin/store/rootfs.tar" ]; then
  cp "$twin/store/rootfs.tar" "$draft/rootfs.tar"
else
  # Without root the files in podman's store belong to users of its name space.
  [ "$(id -u)" -eq 0 ] || exit 1
  layers=("$twin"/store/overlay/*/diff)
  [ "${#layers[@]}" -eq 1 ] && [ -d "${layers[0]}" ] || exit 1
  echo 'note: root file system of the base for podman'
  tar --numeric-owner --xattrs --xattrs-include=security.capability -C "${layers[0]}" -cf "$draft/rootfs.tar" .
fi
cp -a "$twin/repository" "$draft/repository"
