#!/usr/bin/env bash
# Debian's root file system with ours on top, as $draft/rootfs.tar, and the packages for the repository in $draft/debs.
set -euo pipefail
: "${here:?}" "${draft:?}" "${BASE_OCI_ARCHITECTURE:?}" "${BASE_SUITE:?}"
# shellcheck source=local/base/stand-in/recipe.sh
source "$here/stand-in/recipe.sh"

# Nobody reads documentation in a guest, and it is a fifth of the files.
excluded=()
for path in doc man info locale lintian groff; do
  excluded+=(--dpkgopt="path-exclude=/usr/share/$path/*")
done
excluded+=(--dpkgopt='path-exclude=/usr/lib/python3/dist-packages/awscli/examples/*')

# Where root is a user of its own name space it writes here as somebody else.
mkdir -m 777 "$draft/debs"
mirror=()
[ -z "${BASE_DEBIAN_MIRROR:-}" ] || mirror=("$BASE_DEBIAN_MIRROR")
# Whether foreign programs run was seen before this began (architecture.ts); mmdebstrap would ask for arch-test.
mmdebstrap --quiet --skip=check/qemu --variant=minbase --architectures="$BASE_OCI_ARCHITECTURE" --include="$base_packages" \
  --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' "${excluded[@]}" \
  --essential-hook="bash '$here/stand-in/before-packages.sh' \"\$1\"" \
  --customize-hook="bash '$here/stand-in/customize.sh' \"\$1\"" \
  --customize-hook="bash '$here/stand-in/download.sh' \"\$1\"" \
  "$BASE_SUITE" "$draft/rootfs.tar" "${mirror[@]}"
