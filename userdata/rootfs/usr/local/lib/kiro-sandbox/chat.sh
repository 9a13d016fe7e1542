#!/usr/bin/env bash
# Starts kiro-cli with one of the two agents. The first argument is the agent, the others go to `kiro-cli chat`.
set -euo pipefail
lib=/usr/local/lib/kiro-sandbox
# Not what ~/.local/bin may have under that name.
kiro=/usr/local/bin/kiro-cli
agent=${1-}
case $agent in
  readonly | elevated) shift ;;
  *)
    echo "kiro-sandbox: \"$agent\" is no agent of a sandbox; there are readonly and elevated" >&2
    exit 2
    ;;
esac
# Session Manager starts commands in a folder of the system.
[[ -w $PWD ]] || cd "$HOME"

/usr/local/bin/kiro-sandbox agents check || {
  echo "hint: look at it; then run this in another folder, or remove it" >&2
  exit 3
}
# Interactive chats fall back to another agent without a word when theirs is unknown.
known=$("$kiro" agent list </dev/null 2>&1) || true
awk -v agent="$agent" '{ for (i = 1; i <= NF; i++) if ($i == agent) found = 1 } END { exit !found }' <<<"$known" || {
  echo "kiro-sandbox: kiro-cli does not know the agent $agent; kiro-cli agent list shows what it knows" >&2
  exit 4
}

# A chat that is resumed keeps the agent it was started with, whatever is asked for now. $1: its id, or nothing.
resume() {
  local id
  id=$(/usr/bin/python3 -I "$lib/agents.py" chat "$agent" "${1-}") || {
    echo "kiro-sandbox: ${1:-$PWD} has no chat of the agent $agent to go on with; kiro-cli chat --list-sessions" >&2
    exit 2
  }
  rest+=(--resume-id "$id")
}
rest=()
while (($# > 0)); do
  case $1 in
    -r | --resume) resume ;;
    --resume-id)
      [[ -n ${2-} ]] || {
        echo "kiro-sandbox: --resume-id needs the id of a chat; kiro-cli chat --list-sessions shows them" >&2
        exit 2
      }
      resume "$2"
      shift
      ;;
    --resume-id=*) resume "${1#*=}" ;;
    --resume-picker | --agent | --agent=* | --v[0-9] | --classic | --agent-engine | --agent-engine=*)
      echo "kiro-sandbox: $1 would start another agent than $agent; kiro-ro and kiro-rw choose the agent" >&2
      exit 2
      ;;
    *) rest+=("$1") ;;
  esac
  shift
done

unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_DEFAULT_PROFILE
export AWS_SDK_LOAD_CONFIG=1 AWS_SHARED_CREDENTIALS_FILE=$HOME/.aws/credentials
if [[ $agent == readonly ]]; then
  # In this file the elevated profile does not even exist.
  export AWS_CONFIG_FILE=$HOME/.aws/kiro-readonly.config AWS_PROFILE=kiro-readonly
else
  export AWS_CONFIG_FILE=$HOME/.aws/config AWS_PROFILE=kiro-elevated
fi
# Tools, hooks and permissions of our agents are those of V2. The flag is known since 2.21.4.
export KIRO_AGENT_ENGINE=v2
version=$("$kiro" --version 2>/dev/null | awk '{ print $2 }')
harness=()
if [[ $(printf '%s\n' 2.21.4 "$version" | sort -V | head -n 1) == 2.21.4 ]]; then harness=(--v2); fi
exec "$kiro" chat "${harness[@]}" --agent "$agent" "${rest[@]}"
