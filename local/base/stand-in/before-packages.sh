#!/usr/bin/env bash
# Hook of mmdebstrap, before all but the essential packages are installed. $1: the root file system.
set -euo pipefail
# openssh-server makes host keys when it is installed, an RSA one among them; it leaves alone what is there.
mkdir -p "$1/etc/ssh"
touch "$1"/etc/ssh/ssh_host_{rsa,ecdsa,ed25519}_key
