#!/usr/bin/env bash
# Stands in for the package ec2-instance-connect, which Amazon Linux 2023 has installed: sshd asks it for keys, and it
# asks the metadata service. Keys that were pushed there are valid for a minute and vanish by themselves.
# https://github.com/aws/aws-ec2-instance-connect-config
# The real one checks the signature of AWS below each key; that is left out, for only AWS can make one.
# $1: name of the user who logs in.
set -uo pipefail
# shellcheck source=local/base/rootfs/usr/local/lib/local-target/imds.sh
source /usr/local/lib/local-target/imds.sh
[[ ${1-} =~ ^[a-z_][a-z0-9_-]{0,31}$ ]] || exit 0
imds_token || exit 0
imds_get "$REPLY" "meta-data/managed-ssh-keys/active-keys/$1" && [ "$imds_status" = 200 ] || exit 0
printf '%s' "$REPLY"
