#!/usr/bin/env bash
# Stands in for amazon-ssm-agent: like the real one it tells Systems Manager with the credentials of the instance
# role that this instance is there. Commands and sessions are brought into the guest by the local target itself.
set -uo pipefail
# shellcheck source=local/base/rootfs/usr/local/lib/local-target/imds.sh
source "$(dirname "${BASH_SOURCE[0]}")/imds.sh"
ca=${SSM_AGENT_CA:-/opt/local-target/ca.pem}

# Said once, not every few seconds.
last_reason=
explain() {
  [ "$1" = "$last_reason" ] || echo "$1"
  last_reason=$1
  return 1
}

# Sets document, name and role.
ask_identity() {
  local reply
  reply=$(imds_curl "$token" -f -w '\n' "$imds/dynamic/instance-identity/document" \
    "$imds/meta-data/local-hostname" "$imds/meta-data/iam/security-credentials/")
  document=${reply%%\}*}
  { read -r _ && read -r name && read -r role; } <<<"${reply##*\}}" || role=
  [ -n "$(json_field "$document" instanceId)" ]
}

render_information() {
  printf '{"InstanceId":"%s","AgentName":"amazon-ssm-agent","AgentVersion":"3.3.0.0","AgentStatus":"Active",' \
    "$(json_field "$document" instanceId)"
  printf '"PlatformType":"Linux","PlatformName":"%s","PlatformVersion":"%s (stand-in, Debian %s, %s)",' \
    'Amazon Linux' 2023 "$(</etc/debian_version)" "$HOSTTYPE"
  printf '"IPAddress":"%s","ComputerName":"%s"}' "$(json_field "$document" privateIp)" "$name"
}

# The secrets reach curl through a pipe: arguments can be read by every user of the machine.
send() {
  local region=$1 credentials=$2 body=$3
  {
    printf 'url = "https://ssm.%s.amazonaws.com/"\n' "$region"
    printf 'aws-sigv4 = "aws:amz:%s:ssm"\n' "$region"
    printf 'user = "%s:%s"\n' "$(json_field "$credentials" AccessKeyId)" \
      "$(json_field "$credentials" SecretAccessKey)"
    printf 'header = "X-Amz-Security-Token: %s"\n' "$(json_field "$credentials" Token)"
    printf 'header = "X-Amz-Target: AmazonSSM.UpdateInstanceInformation"\n'
    printf 'header = "Content-Type: application/x-amz-json-1.1"\n'
    printf 'data = "%s"\n' "${body//\"/\\\"}"
  } | curl -sS --fail-with-body --noproxy '*' --connect-timeout 5 -m 20 --cacert "$ca" -K - 2>&1
}

announce() {
  local token document name role credentials answer
  imds_wait 2 || explain "no metadata service at 169.254.169.254" || return
  token=$(imds_token) || explain "the metadata service gives no token" || return
  ask_identity || explain "the metadata service does not say who this instance is" || return
  [ -n "$role" ] || explain "no instance role: Systems Manager is not told about this instance" || return
  credentials=$(imds_curl "$token" -f "$imds/meta-data/iam/security-credentials/$role") ||
    explain "no credentials for the role $role" || return
  answer=$(send "$(json_field "$document" region)" "$credentials" "$(render_information)") ||
    explain "Systems Manager did not take it: $answer" || return
  [ "$last_reason" = online ] || echo "registered with Systems Manager as $role"
  last_reason=online
}

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
