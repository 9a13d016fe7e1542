#!/usr/bin/env bash
# Makes the base image of the guests and the package repository they see: $BASE_FOLDER/$BASE_KEY, whole or not at
# all. Started under the lock $BASE_FOLDER/.lock, which every process of a build inherits: while one of a killed
# build still runs, nobody else begins, and so every draft found here is a dead one.
# In: BASE_FOLDER BASE_KEY BASE_SUITE BASE_ARCHITECTURE (x86_64 or arm64) BASE_ENGINE (podman or docker) BASE_TWIN, the
# key of the same base for the other engine, BASE_PODMAN for that engine, BASE_DEBIAN_MIRROR if wanted.
# Out: lines that begin with `note: ` are for whoever waits.
set -euo pipefail
: "${BASE_FOLDER:?}" "${BASE_KEY:?}" "${BASE_SUITE:?}" "${BASE_ARCHITECTURE:?}" "${BASE_ENGINE:?}" "${BASE_TWIN:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=$BASE_FOLDER/$BASE_KEY
image=localhost/kiro-sandbox-base:$BASE_KEY

# Somebody else built it while we waited for the lock.
[ ! -e "$target/base.json" ] || exit 0

bash "$here/discard.sh" "$BASE_FOLDER"/.draft-* "$target"
draft=$(mktemp -d "$BASE_FOLDER/.draft-XXXXXX")
chmod 755 "$draft"
# Keys of the signature and sockets of gpg. In the draft, so that the next build removes what a killed one leaves. The
# path of a socket must be short: below a long one gpg is shown a link, and what a kill leaves of it holds nothing.
mkdir -m 700 "$draft/gpg"
GNUPGHOME=$draft/gpg
link=
if [ "${#GNUPGHOME}" -gt 80 ]; then
  link=$(mktemp -d)
  ln -s "$draft/gpg" "$link/gpg"
  GNUPGHOME=$link/gpg
fi
finish() {
  gpgconf --kill all 2>/dev/null || true
  bash "$here/discard.sh" "$draft" ${link:+"$link"}
}
trap finish EXIT
trap 'exit 130' INT TERM
export GNUPGHOME here draft image
export BASE_RPM_ARCHITECTURE=${BASE_ARCHITECTURE/arm64/aarch64} BASE_DEBIAN_ARCHITECTURE=${BASE_ARCHITECTURE/x86_64/amd64}
# Only root's mmdebstrap may work anywhere; others leave it to the system's place for temporary files.
[ "$(id -u)" -ne 0 ] || { mkdir "$draft/tmp" && export TMPDIR=$draft/tmp; }

began=$SECONDS
took() {
  printf '"%s":%d,' "$1" $((SECONDS - began)) >>"$draft/seconds"
  began=$SECONDS
}

twin=$BASE_FOLDER/$BASE_TWIN
if bash "$here/reuse.sh" "$twin"; then
  took reuse
  repository=
else
  echo 'note: signing key and releases'
  bash "$here/release.sh"
  took release
  echo 'note: Debian packages'
  bash "$here/bootstrap.sh"
  took bootstrap
  echo 'note: package repository'
  bash "$here/repository.sh" >"$draft/repository.log" 2>&1 &
  repository=$!
fi
echo 'note: import'
bash "$here/import.sh"
took import
[ -z "$repository" ] || wait "$repository" || {
  tail -n 5 "$draft/repository.log" >&2
  exit 1
}
took repository

mkdir "$draft/whole"
mv "$draft/store" "$draft/repository" "$draft/whole"
printf '{"image":"%s","architecture":"%s","digest":"sha256:%s","seconds":{%s"total":%d}}\n' "$image" \
  "$BASE_ARCHITECTURE" "$(<"$draft/image-id")" "$(<"$draft/seconds")" "$SECONDS" >"$draft/whole/base.json"
mv -T "$draft/whole" "$target"

# Older ones are of no use any more. Where one is in use, it stays until the next time.
for old in "$BASE_FOLDER"/*/; do
  [ "$old" = "$target/" ] || [ "$old" = "$twin/" ] || bash "$here/prune.sh" "$old" || true
done
