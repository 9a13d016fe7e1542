#!/usr/bin/env bash
# $draft/rootfs.tar as an image in a store of its own, which the engines of all local targets read; for Docker, as it is.
set -euo pipefail
: "${draft:?}" "${image:?}" "${BASE_ENGINE:?}" "${BASE_OCI_ARCHITECTURE:?}"
store=$draft/store
# A Docker has one store for everybody and may lose what is in it: it is given a copy when guests are switched on.
if [ "$BASE_ENGINE" = docker ]; then
  mkdir "$store"
  mv "$draft/rootfs.tar" "$store/rootfs.tar"
  sha256sum <"$store/rootfs.tar" | cut -d ' ' -f 1 >"$draft/image-id"
  exit
fi
: "${BASE_PODMAN:?}"
# The driver is the one that reads such a store; an older podman without root would take another by itself.
# The settings of a guest's start: what the image is for, and how systemd is told to end.
"$BASE_PODMAN" --storage-driver overlay --root "$store" --runroot "$draft/run" import --quiet \
  --change 'CMD ["/sbin/init"]' --change 'STOPSIGNAL=SIGRTMIN+3' \
  --change 'LABEL kiro.base="stand-in for Amazon Linux 2023, made of Debian"' \
  --arch "$BASE_OCI_ARCHITECTURE" "$draft/rootfs.tar" "$image" >"$draft/imported"
sed 's/^sha256://' "$draft/imported" >"$draft/image-id"
rm "$draft/rootfs.tar"
