#!/usr/bin/env bash
# In the container, after our files are in.
set -euo pipefail
: "${architecture:?}"
read -r release </run/out/release
export BASE_RPM_ARCHITECTURE=$architecture
export BASE_PLATFORM="2023 (container image $release, $architecture)"
bash /run/recipe/customize.sh /
systemctl --quiet enable sshd.service
sed -i "s/@release@/$release/" /etc/motd
