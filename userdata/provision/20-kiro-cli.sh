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

case $(od -An -tx1 -N6 "$archive" | tr -d ' \n') in
  504b0304*) unzip -q "$archive" -d "$folder" ;;
  1f8b* | fd377a585a00 | 28b52ffd*) tar -xf "$archive" -C "$folder" ;;
  *) fail 'the archive of kiro-cli is neither zip nor tar' ;;
esac
bin=$folder/kirocli/bin
[[ -f $bin/kiro-cli ]] || fail 'the archive of kiro-cli has no kirocli/bin/kiro-cli'

# One release shipped the programs of another architecture: https://github.com/kirodotdev/Kiro/issues/8083
triple=$(sed -n 's/^BUILD_TARGET_TRIPLE=//p' "$folder/kirocli/BUILD-INFO" 2>/dev/null | tr -d '"\r' || true)
[[ $triple == "$kiro_cli_triple" ]] ||
  fail "the archive of kiro-cli is built for ${triple:-nobody knows what}, the lock says $kiro_cli_triple"

# Up to 2.x three programs, one since 3.0; the archive says which.
for program in kiro-cli kiro-cli-chat kiro-cli-term; do
  rm -f "/usr/local/bin/$program"
  if [[ -f $bin/$program ]]; then
    install -o root -g root -m 755 "$bin/$program" "/usr/local/bin/$program"
  fi
done
version=$(HOME=$folder /usr/local/bin/kiro-cli --version 2>&1) ||
  fail "kiro-cli does not run on this machine: $version"
[[ $version == "kiro-cli $kiro_cli_version"* ]] ||
  fail "kiro-cli says \"$version\", the lock says $kiro_cli_version"
echo "$version ($triple)"
