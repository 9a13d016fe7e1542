#!/usr/bin/env bash
# Starts kiro-cli with one of the two agents. The first argument is the agent, the others go to `kiro-cli chat`.
set -euo pipefail
agent=${1-}
case $agent in
  readonly | elevated) shift ;;
  *)
    echo "kiro-sandbox: \"$agent\" is no agent of a sandbox; there are readonly and elevated" >&2
    exit 2
    ;;
esac

kiro-sandbox check || {
  echo "hint: look at it; then run this in another folder, or remove it" >&2
  exit 3
}
# Interactive chats fall back to another agent without a word when theirs is unknown.
kiro-cli agent list </dev/null 2>&1 | grep -qw "$agent" || {
  echo "kiro-sandbox: kiro-cli does not know the agent $agent; kiro-cli agent list shows what it knows" >&2
  exit 4
}
# A chat that is resumed keeps the agent it was started with, whatever is asked for now.
for word in "$@"; do
  case $word in
    -r | --resume | --resume-id | --resume-id=* | --resume-picker)
      echo "kiro-sandbox: $word would bring back the agent of the old chat; start kiro-cli chat $word yourself" >&2
      exit 2
      ;;
  esac
done

unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_DEFAULT_PROFILE
if [[ $agent == readonly ]]; then
  # In this file the elevated profile does not even exist.
  export AWS_CONFIG_FILE=$HOME/.aws/kiro-readonly.config AWS_PROFILE=kiro-readonly
else
  export AWS_CONFIG_FILE=$HOME/.aws/config AWS_PROFILE=kiro-elevated
fi
# Tools, hooks and permissions of our agents are those of V2. The flag is known since 2.21.4.
export KIRO_AGENT_ENGINE=v2
version=$(kiro-cli --version 2>/dev/null | awk '{ print $2 }')
harness=()
if [[ $(printf '%s\n' 2.21.4 "$version" | sort -V | head -n 1) == 2.21.4 ]]; then harness=(--v2); fi
exec kiro-cli chat "${harness[@]}" --agent "$agent" "$@"
