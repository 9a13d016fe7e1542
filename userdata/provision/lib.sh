# shellcheck shell=bash
# Sourced by every script here. They run as root with the payload folder as working directory.
set -euo pipefail
export LC_ALL=C.UTF-8
# shellcheck source=/dev/null
source ./values.env
: "${releasever:?}" "${kiro_cli_version:?}" "${kiro_cli_sha256:?}" "${kiro_cli_triple:?}"
: "${aws_cli_version:?}" "${aws_cli_sha256:?}" "${swap_mib:?}" "${architecture:?}" "${image_digest:?}"
: "${sandbox_unix_user:?}" "${sandbox_uid:?}"

# One clear sentence; the caller shows the last lines of what was printed.
fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# $1: file, $2: sha256 it must have, $3: what it is.
check_sum() {
  local sum
  [[ -f $1 ]] || fail "$3 is missing: nobody has fetched $1"
  sum=$(sha256sum "$1")
  [[ ${sum%% *} == "$2" ]] || fail "$3 has sha256 ${sum%% *}, the lock says $2"
}

in_container() { systemd-detect-virt --quiet --container; }
