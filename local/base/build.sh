#!/usr/bin/env bash
# Makes a base image of the guests and the package repository they see: $BASE_FOLDER/$BASE_KEY, whole or not at
# all. Started under the lock $BASE_FOLDER/.lock, which every process of a build inherits: while one of a killed
# build still runs, nobody else begins, and so every draft found here is a dead one.
# In: BASE_KIND (a folder beside this file, whose make.sh leaves store, repository, image-id and, if the image says
# so, release in $draft) BASE_FOLDER BASE_KEY BASE_ARCHITECTURE (x86_64 or arm64) BASE_ENGINE (podman or docker),
# BASE_PODMAN for that engine, BASE_KEEP (keys of bases that are no older ones), and what make.sh asks for.
# Out: lines that begin with `note: ` are for whoever waits.
set -euo pipefail
: "${BASE_FOLDER:?}" "${BASE_KEY:?}" "${BASE_KIND:?}" "${BASE_ARCHITECTURE:?}" "${BASE_ENGINE:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=$BASE_FOLDER/$BASE_KEY
image=localhost/kiro-sandbox-base:$BASE_KEY

# Somebody else built it while we waited for the lock.
[ ! -e "$target/base.json" ] || exit 0

bash "$here/discard.sh" "$BASE_FOLDER"/.draft-* "$target"
draft=$(mktemp -d "$BASE_FOLDER/.draft-XXXXXX")
chmod 755 "$draft"
trap 'bash "$here/discard.sh" "$draft"' EXIT
trap 'exit 130' INT TERM
export here draft image
export BASE_RPM_ARCHITECTURE=${BASE_ARCHITECTURE/arm64/aarch64} BASE_OCI_ARCHITECTURE=${BASE_ARCHITECTURE/x86_64/amd64}

bash "$here/$BASE_KIND/make.sh"

# Podman's own books name this draft by its path; who only reads images needs none of them.
rm -rf "$draft/store"/{libpod,volumes,networks,secrets}
release=
[ ! -e "$draft/release" ] || release=$(<"$draft/release")
mkdir "$draft/whole"
mv "$draft/store" "$draft/repository" "$draft/whole"
printf '{"kind":"%s","image":"%s","architecture":"%s","digest":"sha256:%s","release":"%s","seconds":{%s"total":%d}}\n' \
  "$BASE_KIND" "$image" "$BASE_ARCHITECTURE" "$(<"$draft/image-id")" "$release" "$(<"$draft/seconds")" "$SECONDS" \
  >"$draft/whole/base.json"
mv -T "$draft/whole" "$target"

# Older ones are of no use any more. Where one is in use, it stays until the next time.
for old in "$BASE_FOLDER"/*/; do
  name=$(basename "$old")
  [[ " $BASE_KEY ${BASE_KEEP:-} " == *" $name "* ]] || bash "$here/prune.sh" "$old" || true
done
