#!/usr/bin/env bash
# Stands in for the early stages of cloud-init: learns from the metadata service which instance this is, fetches
# its user data, and makes what every new instance has of its own. Runs at every boot, before ssh.
set -uo pipefail
here=${BASH_SOURCE[0]%/*}
# shellcheck source=local/base/rootfs/usr/local/lib/local-target/imds.sh
source "$here/imds.sh"
# shellcheck source=local/base/rootfs/usr/local/lib/local-target/uptime.sh
source "$here/uptime.sh"
run=/run/cloud-init
cloud=/var/lib/cloud

# Sets what the metadata service says of this instance; fails when it cannot say who we are.
fetch() {
  local token
  imds_token || return 1
  token=$REPLY
  imds_get "$token" meta-data/instance-id && [ "$imds_status" = 200 ] && instance_id=$REPLY || return 1
  imds_get "$token" meta-data/local-hostname && [ "$imds_status" = 200 ] && local_hostname=$REPLY || return 1
  imds_get "$token" meta-data/placement/region && [ "$imds_status" = 200 ] && region=$REPLY || return 1
  # Only these two may be missing, and only in so many words.
  imds_get "$token" meta-data/public-keys/0/openssh-key && [[ $imds_status =~ ^(200|404)$ ]] || return 1
  openssh_key=
  [ "$imds_status" = 404 ] || openssh_key=$REPLY
  umask 077
  imds_get "$token" user-data "$run/user-data" && [[ $imds_status =~ ^(200|404)$ ]] || return 1
  umask 022
  [ "$imds_status" = 200 ] || : >"$run/user-data"
}

find_datasource() {
  local tries
  # cloud-init itself asks for two minutes; where nobody answers, all but this goes on meanwhile.
  imds_wait 20 || return 1
  for tries in 1 2 3 4 5 6 7 8; do
    fetch && return
    pause "0.$tries"
  done
  return 1
}

# Runs a function once in the life of an instance. $1: function.
once() {
  [ -e "$instance/sem/$1" ] && return
  if "$1"; then : >"$instance/sem/$1"; else echo "cloud-init: $1 failed"; fi
}

# An image made of this machine carries its keys; the machine started from it must not answer with them.
config_ssh() {
  rm -f /etc/ssh/ssh_host_*
  ssh-keygen -q -t ed25519 -N '' -C '' -f /etc/ssh/ssh_host_ed25519_key &&
    ssh-keygen -q -t ecdsa -N '' -C '' -f /etc/ssh/ssh_host_ecdsa_key
}

config_users() {
  local folder=/home/ec2-user/.ssh
  [ -n "$openssh_key" ] || return 0
  mkdir -p "$folder"
  grep -qsxF -e "$openssh_key" "$folder/authorized_keys" || echo "$openssh_key" >>"$folder/authorized_keys"
  chmod 700 "$folder"
  chmod 600 "$folder/authorized_keys"
  chown -R ec2-user:ec2-user "$folder"
}

config_hostname() {
  local name=$local_hostname
  # The engine gives the first part of the name, and without CAP_SYS_ADMIN nobody else can.
  [ "$(</proc/sys/kernel/hostname)" != "${name%%.*}" ] || return 0
  echo "$name" >/etc/hostname
  hostname "$name" 2>/dev/null || echo "cloud-init: this guest may not call itself $name"
}

enter_instance() {
  instance=$cloud/instances/$instance_id
  mkdir -p "$instance"/{sem,scripts} "$cloud/data"
  [ "$instance" -ef "$cloud/instance" ] || ln -sfn "$instance" "$cloud/instance"
  # The mark of the boot before this one.
  [ ! -e "$instance/boot-finished" ] || rm -f "$instance/boot-finished"
  # The folder it came to is open to all, this one file is not.
  umask 077
  if [ -s "$run/user-data" ]; then cat "$run/user-data"; fi >"$instance/user-data.txt"
  umask 022
  : >"$run/user-data"
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

[ -d "$run" ] || mkdir -p "$run"
config_hosts
date_of_now
now=$REPLY
seconds_up
echo "Cloud-init v. stand-in running 'init' at $now. Up $REPLY seconds."
if find_datasource; then
  echo DataSourceEc2 >"$run/datasource"
  enter_instance
  echo "$region" >/etc/dnf/vars/awsregion
  config_hostname
  once config_users
  once config_ssh
else
  echo "cloud-init: no metadata service at 169.254.169.254; keys and user data of this instance are not known"
  echo DataSourceNone >"$run/datasource"
  [ -e /etc/ssh/ssh_host_ed25519_key ] || config_ssh
fi
