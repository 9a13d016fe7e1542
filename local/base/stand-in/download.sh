#!/usr/bin/env bash
# Hook of mmdebstrap, last. $1: the root file system. What the packages of the repository need beyond what is in it,
# into $draft/debs. With the sources and keys of mmdebstrap's own apt, from outside.
set -euo pipefail
: "${here:?}" "${draft:?}" "${MMDEBSTRAP_APT_CONFIG:?}"
# shellcheck source=local/base/stand-in/recipe.sh
source "$here/stand-in/recipe.sh"
archives=$1/var/cache/apt/archives

rm -f "$archives"/*.deb
# shellcheck disable=SC2086,SC2248 # Two lists of words.
APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get --yes -qq --download-only install $packages $later_packages >/dev/null
mv "$archives"/*.deb "$draft/debs"
