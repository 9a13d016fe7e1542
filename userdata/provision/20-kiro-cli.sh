#!/usr/bin/env bash
# kiro-cli, root-owned in /usr/local/bin: its updater leaves programs outside of ~/.local/bin alone, and a person's
# shell profile is not touched, as the archive's own install.sh would.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=userdata/provision/lib.sh
source provision/lib.sh

archive=kiro-cli.archive
check_sum "$archive" "$kiro_cli_sha256" 'the archive of kiro-cli'
# /tmp may be a small file system in memory; unpacked it is up to 0.9 GB.
folder=$(mktemp -d /var/tmp/kiro-cli.XXXXXX)
trap 'rm -rf "$folder"' EXIT

unpack() {
  case $(od -An -tx1 -N6 "$archive" | tr -d ' \n') in
    504b0304*) unzip -q "$archive" -d "$folder" ;;
    # Python has xz built in; tar would look for a program.
    fd377a585a00) python3 -I -m tarfile -e "$archive" "$folder" ;;
    1f8b* | 28b52ffd*) tar --no-same-owner -xf "$archive" -C "$folder" ;;
    *) fail 'the archive of kiro-cli is neither zip nor tar' ;;
  esac
}
unpack || fail "the archive of kiro-cli cannot be unpacked; $(df --output=avail -h "$folder" | tail -n 1 | tr -d ' ') are free"
bin=$folder/kirocli/bin
[[ -f $bin/kiro-cli ]] || fail 'the archive of kiro-cli has no kirocli/bin/kiro-cli'

# One release shipped the programs of another architecture: https://github.com/kirodotdev/Kiro/issues/8083
triple=$(sed -n 's/^BUILD_TARGET_TRIPLE=//p' "$folder/kirocli/BUILD-INFO" 2>/dev/null | tr -d '"\r' || true)
[[ $triple == "$kiro_cli_triple" ]] ||
  fail "the archive of kiro-cli is built for ${triple:-nobody knows what}, the lock says $kiro_cli_triple"

# The label may be right and the program inside still another one's. $1: file; scripts have no architecture.
built_for_this() {
  case $(od -An -tx1 -N4 "$1" | tr -d ' '):$(od -An -tx1 -j18 -N2 "$1" | tr -d ' '):$architecture in
    7f454c46:b700:arm64 | 7f454c46:3e00:x86_64) ;;
    7f454c46:*) return 1 ;;
  esac
}

# Up to 2.x three programs, one since 3.0; the archive says which.
for program in kiro-cli kiro-cli-chat kiro-cli-term; do
  rm -f "/usr/local/bin/$program"
  if [[ -f $bin/$program ]]; then
    built_for_this "$bin/$program" || fail "the archive of kiro-cli has a $program that is not built for $architecture"
    install -o root -g root -m 755 "$bin/$program" "/usr/local/bin/$program"
  fi
done
version=$(HOME=$folder /usr/local/bin/kiro-cli --version 2>&1) ||
  fail "kiro-cli does not run on this machine: $version"
[[ $version == "kiro-cli $kiro_cli_version" || $version == "kiro-cli $kiro_cli_version "* ]] ||
  fail "kiro-cli says \"$version\", the lock says $kiro_cli_version"
echo "$version ($triple)"
