#!/usr/bin/env bash
# The stand-in for Amazon Linux 2023, made of Debian, where no registry answers. In: BASE_SUITE, BASE_TWIN (the key of
# the same base for the other engine), BASE_DEBIAN_MIRROR if wanted.
set -euo pipefail
: "${here:?}" "${draft:?}" "${BASE_SUITE:?}"
# shellcheck source=local/base/took.sh
source "$here/took.sh"
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
  [ -z "$link" ] || rm -rf "$link"
}
trap finish EXIT
trap 'exit 130' INT TERM
export GNUPGHOME
# Only root's mmdebstrap may work anywhere; others leave it to the system's place for temporary files.
[ "$(id -u)" -ne 0 ] || { mkdir "$draft/tmp" && export TMPDIR=$draft/tmp; }

twin=${BASE_FOLDER:?}/${BASE_TWIN:?}
if bash "$here/stand-in/reuse.sh" "$twin"; then
  took reuse
  repository=
else
  echo 'note: signing key and releases'
  bash "$here/stand-in/release.sh"
  took release
  echo 'note: Debian packages'
  bash "$here/stand-in/bootstrap.sh"
  took bootstrap
  echo 'note: package repository'
  bash "$here/stand-in/repository.sh" >"$draft/repository.log" 2>&1 &
  repository=$!
fi
echo 'note: import'
bash "$here/stand-in/import.sh"
took import
[ -z "$repository" ] || wait "$repository" || {
  tail -n 5 "$draft/repository.log" >&2
  exit 1
}
took repository
