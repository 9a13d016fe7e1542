#!/usr/bin/env bash
# What a machine of the local target needs beyond packages and the files of rootfs/, for both kinds of base.
# $1: the root file system, which may be / . In: BASE_RPM_ARCHITECTURE, BASE_PLATFORM (as the agent shall name it).
set -euo pipefail
: "${BASE_RPM_ARCHITECTURE:?}" "${BASE_PLATFORM:?}"
root=${1%/}
units=$root/etc/systemd/system

mask() {
  for unit in "$@"; do ln -sf /dev/null "$units/$unit"; done
}

# A guest is a container: no devices, no disks, no consoles of its own. Each of these costs boot time for nothing, and
# systemd-firstboot would ask questions on the console. Host keys are made by cloud-init.sh.
mask systemd-remount-fs.service systemd-journal-flush.service systemd-sysusers.service \
  systemd-tmpfiles-setup-dev.service systemd-update-utmp.service systemd-update-utmp-runlevel.service \
  systemd-user-sessions.service systemd-initctl.socket systemd-binfmt.service systemd-pstore.service \
  systemd-ask-password-console.path systemd-ask-password-wall.path cryptsetup.target veritysetup.target \
  integritysetup.target console-getty.service getty.target e2scrub_all.timer e2scrub_reap.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer modprobe@.service kmod-static-nodes.service \
  dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount \
  sys-fs-fuse-connections.mount systemd-firstboot.service systemd-hwdb-update.service systemd-network-generator.service \
  systemd-oomd.service systemd-oomd.socket ldconfig.service dnf-makecache.timer sshd-keygen.target sshd-keygen@.service
# Twelve programs before the first unit, a fifth of a boot. There is no kernel command line, disk, console or mount of
# its own that they could find something for; /etc/rc.local runs as ever, its unit looks for it by itself.
mkdir -p "$root/etc/systemd/system-generators" "$units/multi-user.target.wants"
for generator in "$root"/lib/systemd/system-generators/*; do
  ln -sf /dev/null "$root/etc/systemd/system-generators/${generator##*/}"
done
ln -sf /lib/systemd/system/rc-local.service "$units/multi-user.target.wants/rc-local.service"
# Started over the bus by who needs them.
rm -f "$root"/lib/systemd/system/multi-user.target.wants/{dbus,systemd-logind}.service
# Would lock out everybody but root until systemd-user-sessions, which is masked, takes it away.
ln -sf /dev/null "$root/etc/tmpfiles.d/systemd-nologin.conf"
chroot "$root/" systemctl --quiet set-default multi-user.target
chroot "$root/" systemctl --quiet enable cloud-init.service cloud-final.service amazon-ssm-agent.service

chroot "$root/" getent group wheel >/dev/null || chroot "$root/" groupadd --system wheel
chroot "$root/" useradd --uid 1000 --create-home --shell /bin/bash --groups wheel,adm,systemd-journal ec2-user
chroot "$root/" useradd --uid 1001 --create-home --shell /bin/bash ssm-user
# In whose name sshd asks for pushed keys.
chroot "$root/" useradd --system --no-create-home --home-dir / --shell /usr/sbin/nologin ec2-instance-connect
chmod 440 "$root"/etc/sudoers.d/*

# One authority in all the places where programs look: the one that is mounted when a guest starts.
mkdir -p "$root"/etc/pki/{tls/certs,rpm-gpg,ca-trust/extracted/pem} "$root"/etc/ssl/certs "$root/opt/local-target"
ln -sf /opt/local-target/ca.pem "$root/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"
ln -sf /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem "$root/etc/pki/tls/certs/ca-bundle.crt"
ln -sf /etc/pki/tls/certs/ca-bundle.crt "$root/etc/ssl/certs/ca-certificates.crt"

ln -s /usr/local/lib/local-target/cloud-init-command.sh "$root/usr/bin/cloud-init"
mkdir -p "$root/opt/aws/bin"
ln -s /usr/local/lib/local-target/authorized-keys.sh "$root/opt/aws/bin/eic_run_authorized_keys"
sed -i "s/@architecture@/$BASE_RPM_ARCHITECTURE/" "$root/etc/motd"
rm -rf "$root"/etc/update-motd.d/* "$root"/etc/ssh/ssh_host_*
printf '%s\n' "$BASE_PLATFORM" >"$root/usr/local/lib/local-target/platform"
# Empty, so that each guest gets its own.
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id"
