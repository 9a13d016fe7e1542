#!/usr/bin/env bash
# A root file system that lacks what Amazon Linux 2023's container image lacks, made of the stand-in, and a mirror that
# has it as signed packages with Amazon Linux's names: $work/rootfs.tar, $work/al2023. What it proves is the way, not
# Amazon's programs. In: work, podman, store and image (the stand-in), repository (its packages), address (of the mirror).
set -euo pipefail
: "${work:?}" "${podman:?}" "${store:?}" "${image:?}" "${repository:?}" "${address:?}"
engine=("$podman" --storage-driver overlay --root "$work/root" --runroot "$work/run" --storage-opt "overlay.imagestore=$store")
tree=$work/tree build=$work/build
mkdir -p "$tree" "$build" "$work/packages"
export GNUPGHOME=$work/gpg
mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --kill all' EXIT

container=$("${engine[@]}" create "$image")
"${engine[@]}" export "$container" | tar -x -C "$tree"
"${engine[@]}" rm "$container" >/dev/null
arch=$(rpm --root "$tree" -E '%{_arch}')
release=$(rpm --root "$tree" -q --qf '%{VERSION}' system-release)

# What the local target has put in.
rm -rf "$tree"/etc/systemd/{system,system-generators,journald.conf.d,system.conf.d} "$tree"/etc/sudoers.d/* \
  "$tree"/etc/ssh/sshd_config.d/* "$tree"/etc/tmpfiles.d/systemd-nologin.conf "$tree"/etc/dnf/vars/* \
  "$tree"/etc/{motd,hostname,machine-id,profile.d/local-target.sh} "$tree"/opt/* "$tree"/usr/local/lib/local-target \
  "$tree"/usr/bin/cloud-init "$tree"/usr/lib/systemd/system/{cloud-*,amazon-ssm-agent.service} "${tree:?}"/home/*
sed -i '/^\(ec2-user\|ssm-user\|ec2-instance-connect\):/d; s/,\?ec2-user//' "$tree"/etc/{passwd,shadow,group,gshadow}

# $1: name, then Debian's packages whose files it takes out of the tree.
cut_package() {
  local name=$1 path
  while read -r path; do
    # Directories stay, and what leads to one.
    if [ ! -d "$tree$path" ] && { [ -L "$tree$path" ] || [ -e "$tree$path" ]; }; then
      # lib, bin and sbin are links in this tree.
      [[ ! $path =~ ^/(lib|bin|sbin)/ ]] || path=/usr$path
      echo ".$path"
    fi
  done < <(for debian in "${@:2}"; do cat "$tree/var/lib/dpkg/info/$debian"{,:*}.list 2>/dev/null || true; done) \
  >"$work/$name.list"
  tar -C "$tree" -c --no-recursion --remove-files -T "$work/$name.list" | tar -x -C "$build"
  # rpm takes some characters for patterns.
  sed 's|^\.||; s|/ssh\.service$|/sshd.service|; s|[][\\{}]|?|g; s|.*|"&"|' "$work/$name.list" >"$work/$name.files"
  {
    printf '%%package -n %s\nVersion: 1.0\nRelease: 1.amzn2023.test\nSummary: Debian under the name of Amazon Linux\n' "$name"
    printf 'AutoReqProv: no\n%%description -n %s\nTest.\n' "$name"
    [ -s "$work/$name.files" ] && printf '%%files -n %s -f %s\n%%defattr(-,root,root)\n' "$name" "$work/$name.files" ||
      printf '%%files -n %s\n' "$name"
  } >>"$work/all.spec"
}

printf 'Name: all\nVersion: 0\nRelease: 0\nSummary: none\nLicense: none\n%%description\nnone\n' >"$work/all.spec"
cut_package systemd systemd systemd-sysv
cut_package openssh-server openssh-server openssh-sftp-server
cut_package openssh-clients openssh-client
cut_package sudo sudo
cut_package shadow-utils passwd
cut_package iproute iproute2
cut_package procps-ng procps
cut_package less less
cut_package vim-minimal vim-tiny
cut_package awscli-2 awscli
cut_package tar tar
cut_package hostname hostname
cut_package findutils findutils
for name in util-linux which diffutils gzip xz openssl; do cut_package "$name"; done
sed '/^Alias=/d' "$build/usr/lib/systemd/system/ssh.service" >"$build/usr/lib/systemd/system/sshd.service"
rpmbuild -bb --quiet --noclean --target "$arch" --buildroot "$build" --define "_topdir $work/rpmbuild" \
  --define "_rpmdir $work/rpms" --define '_build_id_links none' --define 'debug_package %{nil}' \
  --define '__os_install_post %{nil}' --define '_binary_payload w1.gzdio' --define '__spec_install_pre %{nil}' \
  --define '_unpackaged_files_terminate_build 0' "$work/all.spec"
cp "$work/rpms/$arch"/*.rpm "$work/packages"
# Those that guests install: the stand-in's, of its last release.
last=$(printf '%s\n' "$repository"/core/mirrors/* | sort | tail -n 1)
guid=$(sed -E 's|.*/core/guids/([^/]+)/.*|\1|' "$last/$arch/mirror.list")
cp "$repository/core/guids/$guid/$arch"/Packages/{unzip,git,tree,tmux,jq,lib}*.rpm "$work/packages"

gpg --batch --quiet --passphrase '' --quick-gen-key 'Tiny <tiny@localhost>' rsa2048 sign never
gpg --batch --armor --export tiny@localhost >"$tree/etc/pki/rpm-gpg/RPM-GPG-KEY-amazon-linux-2023"
rpmsign --define "__gpg $(command -v gpg)" --define '_gpg_name tiny@localhost' --addsign "$work"/packages/*.rpm >/dev/null 2>&1
folder=al2023/core/guids/0123/$arch
mkdir -p "$work/$folder" "$work/al2023/core/mirrors/$release/$arch"
mv "$work/packages" "$work/$folder/Packages"
createrepo_c --quiet --no-database "$work/$folder"
echo "http://$address/$folder/" >"$work/al2023/core/mirrors/$release/$arch/mirror.list"
cat >"$tree/etc/yum.repos.d/amazonlinux.repo" <<END
[amazonlinux]
name=Amazon Linux 2023 repository
mirrorlist=http://$address/al2023/core/mirrors/\$releasever/\$basearch/mirror.list
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-amazon-linux-2023
END
tar -C "$tree" -c . >"$work/rootfs.tar"
rm -rf "$tree" "$build" "$work/rpms" "$work/rpmbuild"
