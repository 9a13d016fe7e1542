#!/usr/bin/env bash
# Hook of mmdebstrap, after the packages are in: makes Debian look like Amazon Linux 2023. $1: the root file system.
set -euo pipefail
: "${here:?}" "${draft:?}" "${BASE_RPM_ARCHITECTURE:?}"
# shellcheck source=local/base/stand-in/recipe.sh
source "$here/stand-in/recipe.sh"
root=$1

for files in "$here/rootfs" "$here/stand-in/rootfs"; do
  (cd "$files" && tar --owner=0 --group=0 -c -- *) | tar -x -C "$root" --keep-directory-symlink
done
read -r debian <"$root/etc/debian_version"
export BASE_PLATFORM="2023 (stand-in, Debian $debian, $BASE_RPM_ARCHITECTURE)"
bash "$here/customize.sh" "$root"

mkdir -p "$root/usr/lib/ssl"
ln -sf /etc/pki/tls/certs/ca-bundle.crt "$root/usr/lib/ssl/cert.pem"
install -m 644 "$draft/RPM-GPG-KEY-amazon-linux-2023" "$root/etc/pki/rpm-gpg"
chroot "$root" rpm --import /etc/pki/rpm-gpg/RPM-GPG-KEY-amazon-linux-2023
cp "$draft/rpms/noarch/system-release-$first_release"-*.rpm "$root/system-release.rpm"
chroot "$root" rpm -i /system-release.rpm
rm "$root/system-release.rpm"
ln -sf dnf "$root/usr/bin/yum"
ln -sf vim.tiny "$root/usr/bin/vim"
