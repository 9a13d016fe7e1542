#!/usr/bin/env bash
# Makes the key that signs the repository, and the package system-release of each release with it.
# The private key lives as long as this build.
set -euo pipefail
: "${here:?}" "${draft:?}"
# shellcheck source=local/base/stand-in/recipe.sh
source "$here/stand-in/recipe.sh"

gpg --batch --quiet --passphrase '' --quick-gen-key "$signer" rsa3072 sign never
gpg --batch --armor --export "$signer" >"$draft/RPM-GPG-KEY-amazon-linux-2023"

render_os_release() {
  cat <<END
NAME="Amazon Linux"
VERSION="2023"
ID="amzn"
ID_LIKE="fedora"
VERSION_ID="2023"
PLATFORM_ID="platform:al2023"
PRETTY_NAME="Amazon Linux $1"
VARIANT="stand-in made of Debian"
VARIANT_ID="stand-in"
ANSI_COLOR="0;33"
CPE_NAME="cpe:2.3:o:amazon:amazon_linux:2023"
HOME_URL="https://aws.amazon.com/linux/amazon-linux-2023/"
SUPPORT_END="2029-06-30"
END
}

for release in $releases; do
  root=$draft/release-$release
  mkdir -p "$root/usr/lib" "$root/etc"
  render_os_release "$release" >"$root/usr/lib/os-release"
  echo "Amazon Linux release $release (Amazon Linux), stand-in made of Debian" >"$root/etc/system-release"
  ln -s system-release "$root/etc/amazon-linux-release"
  build_rpm --target noarch --buildroot "$root" --define "system_release $release" "$here/stand-in/system-release.spec"
done
sign_rpms "$draft"/rpms/noarch/*.rpm
