#!/usr/bin/env bash
# Amazon Linux 2023 from a registry, and what a machine needs beyond it from its own repositories.
# In: BASE_SOURCE (name@digest), BASE_TLS_VERIFY (false: the registry is on this computer and speaks plain HTTP).
# The packages need a network once. It is the one of this computer, which reached the registry, too: a bridge would
# need firewall rules, and guests never get one. No runtime and no cgroups are asked for, so nothing has to be probed.
set -euo pipefail
: "${here:?}" "${draft:?}" "${image:?}" "${BASE_PODMAN:?}" "${BASE_OCI_ARCHITECTURE:?}" "${BASE_RPM_ARCHITECTURE:?}"
: "${BASE_SOURCE:?}" "${BASE_TLS_VERIFY:?}"
# shellcheck source=local/base/took.sh
source "$here/took.sh"
# shellcheck source=local/base/publish.sh
source "$here/publish.sh"
# The driver is the one that reads such a store; an older podman without root would take another by itself.
podman=("$BASE_PODMAN" --storage-driver overlay --root "$draft/store" --runroot "$draft/run")
mkdir -p "$draft/tmp" "$draft/out/packages"
export TMPDIR=$draft/tmp

# Both are slow lines' times; after that it is the stand-in's turn. In the foreground: who ends the build ends these.
echo "note: pull $BASE_SOURCE"
timeout --foreground 600 "${podman[@]}" pull --quiet --arch "$BASE_OCI_ARCHITECTURE" --tls-verify="$BASE_TLS_VERIFY" "$BASE_SOURCE" \
  >"$draft/pulled"
found=$("${podman[@]}" image inspect --format '{{.Architecture}}' "$BASE_SOURCE")
[ "$found" = "$BASE_OCI_ARCHITECTURE" ] || {
  echo "error: $BASE_SOURCE is for $found, not for $BASE_OCI_ARCHITECTURE" >&2
  exit 1
}
took pull

echo 'note: packages of Amazon Linux 2023'
timeout --foreground 1200 "${podman[@]}" build --quiet --isolation chroot --network host --pull=never --squash-all \
  --arch "$BASE_OCI_ARCHITECTURE" --build-arg source="$BASE_SOURCE" --build-arg architecture="$BASE_RPM_ARCHITECTURE" \
  --volume "$here:/run/recipe:ro" --volume "$draft/out:/run/out" --label kiro.base=amazon-linux --label "kiro.source=$BASE_SOURCE" \
  --file "$here/amazon-linux/Containerfile" --iidfile "$draft/iid" --tag "$image" "$here" >"$draft/built"
sed 's/^sha256://' "$draft/iid" >"$draft/image-id"
# Only its content is needed, and that is in ours.
"${podman[@]}" rmi "$BASE_SOURCE" >/dev/null
took build

echo 'note: package repository'
cp "$draft/out/release" "$draft/release"
release=$(<"$draft/release")
for name in "$release" latest; do publish "$name" "$draft"/out/packages/*.rpm; done >/dev/null
took repository
