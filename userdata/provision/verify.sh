#!/usr/bin/env bash
# Runs on a machine that was booted from the image and says as one JSON document what holds and what does not.
# Needs nothing but what is on the image; changes nothing.
set -uo pipefail
export LC_ALL=C.UTF-8
# shellcheck source=/dev/null
source /usr/local/lib/kiro-sandbox/values.sh
user=${sandbox_unix_user:?}
home=/home/$user
manifest=/etc/kiro-sandbox/manifest.json
# A machine that needs longer has something in its boot that waits in vain.
longest_boot_seconds=120
checks=() skipped=()

json() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\t'/ }
  printf '"%s"' "$(tr -d '\000-\011\013-\037' <<<"$text" | tr '\n' ' ' | sed 's/ *$//' | cut -c1-300)"
}

# $1: name; the rest is a command. What it prints is the detail.
check() {
  local name=$1 detail ok=true
  shift
  detail=$("$@" 2>&1) || ok=false
  checks+=("{\"name\":$(json "$name"),\"ok\":$ok,\"detail\":$(json "$detail")}")
}
skip() { skipped+=("{\"name\":$(json "$1"),\"reason\":$(json "$2")}"); }

field() { python3 -I -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$manifest" "$1"; }
as_user() { runuser -u "$user" -- env -i HOME="$home" PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8 "$@"; }

imds_v1() {
  local code
  code=$(curl -s -o /dev/null -w '%{http_code}' --max-time 5 http://169.254.169.254/latest/meta-data/)
  echo "without a token: $code"
  [[ $code == 401 ]]
}
same_version() { # $1: command, $2: field of the manifest
  local said
  said=$($1 --version 2>&1) || {
    echo "$said"
    return 1
  }
  echo "$said"
  [[ $said == *[\ /]"$(field "$2")"* ]]
}
packages() {
  python3 -I - "$manifest" <<'END'
import json, subprocess, sys
want = set(json.load(open(sys.argv[1]))["packages"])
query = ["rpm", "-qa", "--qf", "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\\n"]
have = {line for line in subprocess.check_output(query, text=True).split("\n") if line and not line.startswith("gpg-pubkey-")}
odd = sorted(want ^ have)
print(f"{len(have)} packages" if not odd else "differ: " + ", ".join(odd[:5]))
sys.exit(1 if odd else 0)
END
}
files() {
  python3 -I - "$manifest" <<'END'
import hashlib, json, os, pwd, sys
odd = []
entries = json.load(open(sys.argv[1]))["files"]
for entry in entries:
    try:
        found = os.stat(entry["path"])
        digest = hashlib.sha256(open(entry["path"], "rb").read()).hexdigest()
        now = (digest, f"{found.st_mode & 0o7777:04o}", pwd.getpwuid(found.st_uid).pw_name)
    except OSError as error:
        now = (str(error),)
    if now != (entry["sha256"], entry["mode"], entry["owner"]):
        odd.append(entry["path"])
print(f"{len(entries)} files" if not odd else "differ: " + ", ".join(odd[:5]))
sys.exit(1 if odd else 0)
END
}
profiles() {
  local found
  found=$(as_user aws configure list-profiles | sort | tr '\n' ' ') || return 1
  echo "$found"
  [[ $found == 'default kiro-elevated kiro-readonly ' ]]
}
credentials_file() {
  local file=$home/.aws/credentials
  stat -c '%a %U %s bytes' "$file"
  [[ $(stat -c '%a %U %s' "$file") == "600 $user 0" ]]
}
agents() {
  local agent
  for agent in readonly elevated; do
    # Which of the two a version takes is not written anywhere.
    as_user kiro-cli agent validate --path "$home/.kiro/agents/$agent.json" </dev/null ||
      as_user kiro-cli agent validate "$home/.kiro/agents/$agent.json" </dev/null || return 1
    [[ $(stat -c '%U' "$home/.kiro/agents/$agent.json") == root ]] || {
      echo "$agent.json is not root's"
      return 1
    }
  done
}
guard() {
  local payload='{"tool_name":"execute_bash","tool_input":{"command":"aws --profile kiro-elevated s3 ls"}}'
  as_user /usr/local/lib/kiro-sandbox/guard <<<"$payload"
  [[ $? == 2 ]] || return 1
  as_user /usr/local/lib/kiro-sandbox/guard <<<'{"tool_name":"execute_bash","tool_input":{"command":"aws s3 ls"}}'
}
logged_out() {
  if as_user kiro-cli whoami </dev/null; then return 1; fi
  [[ ! -e $home/.local/share/kiro-cli/data.sqlite3 ]]
}
no_secrets() {
  local found
  found=$(find /root /home -xdev \( -name '*.pem' -o -name 'id_rsa*' -o -name 'id_ed25519*' -o -name authorized_keys \
    -o -name .bash_history -o -path '*/.aws/cli/cache/*' -o -path '*/.aws/sso/cache/*' \) -size +0 2>/dev/null | head -n 5)
  found+=$(grep -rlE 'AKIA[0-9A-Z]{16}|ASIA[0-9A-Z]{16}|BEGIN (RSA|OPENSSH|EC) PRIVATE KEY|ksk_[A-Za-z0-9]{20}' \
    /root /home /etc/kiro-sandbox /usr/local/lib/kiro-sandbox /var/lib/kiro-sandbox 2>/dev/null | head -n 5)
  echo "${found:-none found}"
  [[ -z $found ]]
}
payload_gone() {
  [[ ! -e /var/lib/kiro-sandbox/build ]] || {
    echo 'the folder of the build is still there'
    return 1
  }
}
own_identity() {
  local id
  id=$(cat /etc/machine-id)
  echo "machine-id $id"
  [[ $id =~ ^[0-9a-f]{32}$ ]] && ls /etc/ssh/ssh_host_ed25519_key >/dev/null
}
sshd_policy() {
  local said
  said=$(sshd -T 2>&1 | grep -E '^(passwordauthentication|permitrootlogin|kbdinteractiveauthentication|allowtcpforwarding|allowstreamlocalforwarding) ' | sort | tr '\n' ',') || return 1
  echo "$said"
  [[ $said == 'allowstreamlocalforwarding yes,allowtcpforwarding yes,kbdinteractiveauthentication no,passwordauthentication no,permitrootlogin no,' ]]
}
no_sudo() {
  if as_user sudo -n true 2>/dev/null; then
    echo "$user may use sudo"
    return 1
  fi
}
swap_prepared() {
  grep -E '^/swapfile ' /etc/fstab
}
swap_active() {
  swapon --show=NAME,SIZE --noheadings | grep '^/swapfile' || return 1
  [[ $(stat -c %s /swapfile) == $(($(field swapMiB) * 1024 * 1024)) ]]
}
# From the start of systemd to the end of the boot, user data included. A container shares the host's clock.
boot_time() {
  local key value begun=0 ended=0 tries
  for ((tries = 0; tries < 120 && ended == 0; tries++)); do
    ((tries == 0)) || sleep 0.5
    while IFS='=' read -r key value; do
      case $key in
        UserspaceTimestampMonotonic) begun=$value ;;
        FinishTimestampMonotonic) ended=$value ;;
      esac
    done < <(systemctl show -p UserspaceTimestampMonotonic -p FinishTimestampMonotonic)
  done
  ((ended > 0)) || {
    echo 'it has not come to its end'
    return 1
  }
  echo "$(((ended - begun) / 1000)) ms from the first program to the last"
  ((ended - begun < longest_boot_seconds * 1000000))
}
# The first boot of a sandbox, for somebody made up and below a folder that is thrown away. No network, where a
# machine lets itself be cut off.
boot_step() {
  local root offline=() said times TIMEFORMAT='%R %U %S'
  root=$(mktemp -d)
  chmod 711 "$root"
  install -d -o "$user" -m 700 "$root$home" "$root$home/.aws"
  if unshare --net true 2>/dev/null; then offline=(unshare --net); fi
  times=$({ time KIRO_SANDBOX_ROOT=$root sandbox_user=verify aws_region=us-west-2 account_id=111122223333 \
    "${offline[@]}" /usr/local/lib/kiro-sandbox/boot.sh >/dev/null; } 2>&1) || {
    echo "$times"
    rm -rf "$root"
    return 1
  }
  said=$(as_user AWS_CONFIG_FILE="$root$home/.aws/config" aws configure get role_arn --profile kiro-elevated)
  rm -rf "$root"
  echo "${times%% *} s${offline[*]:+, without a network}; $said"
  # Its own work counts, not that of a busy host.
  [[ $said == arn:aws:iam::111122223333:role/kiro-elevated-verify ]] &&
    awk '{ exit !($2 + $3 < 1) }' <<<"$times"
}
# https://code.visualstudio.com/docs/remote/linux: the server is unpacked and started over ssh.
vscode_remote() {
  local program glibc
  for program in bash tar gzip curl ps; do
    command -v "$program" >/dev/null || {
      echo "there is no $program"
      return 1
    }
  done
  glibc=$(getconf GNU_LIBC_VERSION)
  echo "$glibc, $(ldconfig -p | grep -o 'libstdc++.so.6' | head -n 1)"
  [[ $(printf '%s\n' 2.28 "${glibc##* }" | sort -V | head -n 1) == 2.28 ]] &&
    [[ $(ldconfig -p) == *libstdc++.so.6* ]] && as_user test -w "$home"
}

check 'IMDSv1 is refused' imds_v1
check 'packages are those of the manifest' packages
check 'files are those of the manifest' files
check 'kiro-cli is the version of the manifest' same_version kiro-cli kiroCli
check 'AWS CLI is the version of the manifest' same_version aws awsCli
check 'the AWS CLI lists the three profiles' profiles
check 'credentials file is empty and private' credentials_file
check 'agents are valid and root-owned' agents
check 'the guard refuses the elevated profile' guard
check 'nobody is logged in to Kiro' logged_out
check 'no keys, histories or tokens' no_secrets
check 'nothing is left of the build' payload_gone
check 'machine-id and host keys are its own' own_identity
check 'sshd takes keys only, no root' sshd_policy
check 'the sandbox user has no sudo' no_sudo
check 'swap is in /etc/fstab' swap_prepared
check 'the first boot makes it a sandbox' boot_step
check 'VS Code Remote finds what it needs' vscode_remote
if systemd-detect-virt --quiet --container; then
  skip 'swap is active' 'a container cannot activate swap: it would be the host that gets it'
else
  check 'swap is active' swap_active
fi
check "boot takes less than $longest_boot_seconds s" boot_time

join() {
  local IFS=,
  echo "$*"
}
printf '{"checks":[%s],"notChecked":[%s]}\n' "$(join "${checks[@]}")" "$(join "${skipped[@]}")"
