#!/usr/bin/env bash
# Takes away what belongs to this one machine or to its making. What boots from the image starts new: own host
# keys, own machine-id, own registration, no history, nobody logged in.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=userdata/provision/lib.sh
source provision/lib.sh

home=/home/$sandbox_unix_user
dnf --quiet clean all >/dev/null 2>&1 || true
rm -rf /var/cache/dnf/* /var/tmp/* /tmp/[!.]* /tmp/.[!.]* 2>/dev/null || true
rm -f /etc/ssh/ssh_host_*
rm -f /root/.bash_history "$home"/.bash_history /home/*/.bash_history /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys
# Whoever reads this file owns a Kiro login; there must be none, and none must come back.
rm -rf "$home/.local/share/kiro-cli" /root/.local/share/kiro-cli "$home/.aws/cli" "$home/.aws/sso" /root/.aws
rm -rf "$home/.kiro/sessions"
rm -f /var/lib/amazon/ssm/registration /var/lib/amazon/ssm/Vault/Store/RegistrationKey
rm -f /var/lib/amazon/ssm/runtimeconfig/identity_config.json
# The agent still writes about this very command below /var/lib/amazon/ssm/<instance>; boot.sh removes what is not
# of its own instance.
rm -rf /var/log/kiro* /root/.cache "$home/.cache"
if command -v cloud-init >/dev/null; then cloud-init clean --logs >/dev/null 2>&1 || true; fi
rm -rf /var/lib/cloud/instances /var/lib/cloud/instance /var/lib/cloud/sem /var/lib/cloud/data
find /var/log -type f -exec truncate -s 0 {} +
# What is left of the journal is that of the machine-id that goes now.
rm -rf /var/log/journal/*
echo localhost >/etc/hostname
# Empty, not absent: systemd makes a new one at the next boot, but does not take that boot for the first one of the
# system, at which it would enable every service anew. https://www.freedesktop.org/software/systemd/man/machine-id.html
: >/etc/machine-id
rm -f /var/lib/dbus/machine-id /var/lib/systemd/random-seed
echo 'sealed'
# The last thing: this very script lies in there.
rm -rf "$PWD"
