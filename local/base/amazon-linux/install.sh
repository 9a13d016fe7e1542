#!/usr/bin/env bash
# In the container: what the image lacks to be a machine, and the packages that guests can install later, into /run/out.
# The image holds just enough to install more:
# https://docs.aws.amazon.com/linux/al2023/ug/al2023-container-ami.html
# Not among them: cloud-init, amazon-ssm-agent and ec2-instance-connect, which the local target plays itself.
set -euo pipefail
machine_packages='systemd openssh-server openssh-clients sudo shadow-utils util-linux iproute procps-ng hostname which
  findutils diffutils tar gzip xz openssl less vim-minimal awscli-2'
later_packages='unzip git tree tmux jq'

# The release of the image, not the newest one: what is pinned by a digest shall not change by a date.
# https://docs.aws.amazon.com/linux/al2023/ug/deterministic-upgrades-usage.html
release=$(rpm -q --qf '%{VERSION}' system-release)
dnf_here() {
  dnf --quiet --assumeyes --releasever="$release" --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
    --setopt=keepcache=False "$@"
}
# shellcheck disable=SC2086,SC2248 # Two lists of words.
{
  dnf_here install $machine_packages
  dnf_here install --downloadonly --downloaddir=/run/out/packages $later_packages
}
dnf --quiet clean all
rm -rf /var/cache/dnf /var/log/dnf* /var/log/hawkey.log
echo "$release" >/run/out/release
