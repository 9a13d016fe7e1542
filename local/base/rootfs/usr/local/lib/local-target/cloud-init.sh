#!/usr/bin/env bash
# Stands in for the early stages of cloud-init: learns from the metadata service which instance this is, fetches
# its user data, and makes what every new instance has of its own. Runs at every boot, before ssh.
set -uo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=local/base/rootfs/usr/local/lib/local-target/imds.sh
source "$here/imds.sh"
# shellcheck source=local/base/rootfs/usr/local/lib/local-target/uptime.sh
source "$here/uptime.sh"
run=/run/cloud-init
cloud=/var/lib/cloud

# Fills $run with what the metadata service says; fails when it cannot say who we are.
fetch() {
  local token codes
  token=$(imds_token) || return 1
  codes=$(
    imds_curl "$token" -f -w '%{http_code} ' \
      -o "$run/instance-id" "$imds/meta-data/instance-id" \
      -o "$run/local-hostname" "$imds/meta-data/local-hostname" \
      -o "$run/region" "$imds/meta-data/placement/region" \
      -o "$run/openssh-key" "$imds/meta-data/public-keys/0/openssh-key" \
      -o "$run/user-data" "$imds/user-data"
  )
  # Only the last two may be missing, and only in so many words.
  [[ $codes =~ ^200\ 200\ 200\ (200|404)\ (200|404)\ $ ]]
}

find_datasource() {
  local tries
  imds_wait 5 || return 1
  for tries in 1 2 3 4 5 6 7 8; do
    rm -f "$run"/{instance-id,local-hostname,region,openssh-key,user-data}
    fetch && return
    pause "0.$tries"
  done
  return 1
}

# Runs a function once in the life of an instance. $1: function.
once() {
  [ -e "$instance/sem/$1" ] && return
  if "$1"; then touch "$instance/sem/$1"; else echo "cloud-init: $1 failed"; fi
}

# An image made of this machine carries its keys; the machine started from it must not answer with them.
config_ssh() {
  rm -f /etc/ssh/ssh_host_*
  ssh-keygen -q -t ed25519 -N '' -C '' -f /etc/ssh/ssh_host_ed25519_key &&
    ssh-keygen -q -t ecdsa -N '' -C '' -f /etc/ssh/ssh_host_ecdsa_key
}

config_users() {
  local folder=/home/ec2-user/.ssh
  [ -s "$run/openssh-key" ] || return 0
  mkdir -p "$folder"
  grep -qsxFf "$run/openssh-key" "$folder/authorized_keys" || {
    cat "$run/openssh-key"
    echo
  } >>"$folder/authorized_keys"
  chmod 700 "$folder"
  chmod 600 "$folder/authorized_keys"
  chown -R ec2-user:ec2-user "$folder"
}

config_hostname() {
  local name
  name=$(<"$run/local-hostname")
  # The engine gives the first part of the name, and without CAP_SYS_ADMIN nobody else can.
  [ "$(</proc/sys/kernel/hostname)" != "${name%%.*}" ] || return 0
  echo "$name" >/etc/hostname
  hostname "$name" 2>/dev/null || echo "cloud-init: this guest may not call itself $name"
}

enter_instance() {
  instance=$cloud/instances/$(<"$run/instance-id")
  mkdir -p "$instance"/{sem,scripts} "$cloud/data"
  ln -sfn "$instance" "$cloud/instance"
  # The mark of the boot before this one.
  rm -f "$instance/boot-finished"
  install -m 600 /dev/null "$instance/user-data.txt"
  [ ! -e "$run/user-data" ] || cat "$run/user-data" >"$instance/user-data.txt"
  rm -f "$run/user-data"
}

# The engine copies the names that the host knows; they are none of the guest's business.
config_hosts() {
  [[ $(</etc/hosts) == *host.containers.internal* ]] || return 0
  {
    printf '127.0.0.1   localhost localhost.localdomain localhost4 localhost4.localdomain4\n'
    printf '::1         localhost6 localhost6.localdomain6\n'
    printf '127.0.0.1   %s\n' "$(</proc/sys/kernel/hostname)"
  } >/etc/hosts
}

mkdir -p "$run"
config_hosts
echo "Cloud-init v. stand-in running 'init' at $(date -uR). Up $(seconds_up) seconds."
if find_datasource; then
  echo DataSourceEc2 >"$run/datasource"
  enter_instance
  cp "$run/region" /etc/dnf/vars/awsregion
  config_hostname
  once config_users
  once config_ssh
else
  echo "cloud-init: no metadata service at 169.254.169.254; keys and user data of this instance are not known"
  echo DataSourceNone >"$run/datasource"
  [ -e /etc/ssh/ssh_host_ed25519_key ] || config_ssh
fi
