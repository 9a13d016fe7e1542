#!/usr/bin/env bash
# Stands in for amazon-ssm-agent: like the real one it tells Systems Manager with the credentials of the instance
# role that this instance is there. Commands and sessions are brought into the guest by the local target itself.
set -uo pipefail
# shellcheck source=local/base/rootfs/usr/local/lib/local-target/imds.sh
source "${BASH_SOURCE[0]%/*}/imds.sh"
ca=${SSM_AGENT_CA:-/opt/local-target/ca.pem}

# Said once, not every few seconds.
last_reason=
explain() {
  [ "$1" = "$last_reason" ] || echo "$1"
  last_reason=$1
  return 1
}

# Sets document, instance, region, address, name and role.
ask_identity() {
  imds_get "$token" dynamic/instance-identity/document || return
  document=$REPLY
  imds_get "$token" meta-data/local-hostname || return
  name=$REPLY
  imds_get "$token" meta-data/iam/security-credentials/ || return
  role=
  [ "$imds_status" != 200 ] || role=$REPLY
  json_field "$document" region && region=$REPLY
  json_field "$document" privateIp && address=$REPLY
  json_field "$document" instanceId && instance=$REPLY
}

# Sets information.
plan_information() {
  printf -v information '{"InstanceId":"%s","AgentName":"amazon-ssm-agent","AgentVersion":"3.3.0.0","AgentStatus":"Active","PlatformType":"Linux","PlatformName":"Amazon Linux","PlatformVersion":"%s","IPAddress":"%s","ComputerName":"%s"}' \
    "$instance" "$platform" "$address" "$name"
}

# The one question that needs TLS and a signature. The secrets reach curl through a pipe: arguments can be read by every user of the machine.
send() {
  local key secret session data=${information//\"/\\\"}
  json_field "$credentials" AccessKeyId && key=$REPLY
  json_field "$credentials" SecretAccessKey && secret=$REPLY
  json_field "$credentials" Token && session=$REPLY
  curl -sS --fail-with-body --noproxy '*' --connect-timeout 5 -m 20 --cacert "$ca" -K - 2>&1 <<END
url = "https://ssm.$region.amazonaws.com/"
aws-sigv4 = "aws:amz:$region:ssm"
user = "$key:$secret"
header = "X-Amz-Security-Token: $session"
header = "X-Amz-Target: AmazonSSM.UpdateInstanceInformation"
header = "Content-Type: application/x-amz-json-1.1"
data = "$data"
END
}

announce() {
  local token document instance region address name role credentials information answer
  imds_wait 2 || explain "no metadata service at 169.254.169.254" || return
  imds_token || explain "the metadata service gives no token" || return
  token=$REPLY
  ask_identity || explain "the metadata service does not say who this instance is" || return
  [ -n "$role" ] || explain "no instance role: Systems Manager is not told about this instance" || return
  imds_get "$token" "meta-data/iam/security-credentials/$role" && [ "$imds_status" = 200 ] ||
    explain "no credentials for the role $role" || return
  credentials=$REPLY
  plan_information
  answer=$(send) || explain "Systems Manager did not take it: $answer" || return
  [ "$last_reason" = online ] || echo "registered with Systems Manager as $role"
  last_reason=online
}

# What the base is, written when it was made.
read -r platform <"${BASH_SOURCE[0]%/*}/platform"
# Quick at first: a machine that boots is waited for. A reply that does not come is not asked for ever faster.
pauses=(0.02 0.02 0.05 0.05 0.1 0.1 0.2 0.5 1 2)
misses=0
while true; do
  if announce; then
    misses=0
    sleep 60
  else
    pause "${pauses[misses]:-5}"
    misses=$((misses + 1))
  fi
done
