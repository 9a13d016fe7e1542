#!/usr/bin/env bash
# kiro-sandbox of a machine that was taken over. Its kiro-cli and its agents are those that it came with, and are
# compared with nothing; only the AWS profiles are the sandbox's.
set -euo pipefail
usage='usage: kiro-sandbox chat readonly|elevated [options of kiro-cli chat] | login [free|pro [start-url [region]]]'

wrong() {
  printf 'kiro-sandbox: %s\n%s\n' "$1" "$usage" >&2
  exit 2
}

chat() {
  local agent=${1-}
  [[ $agent == readonly || $agent == elevated ]] || wrong "\"$agent\" is no agent; there are readonly and elevated"
  # Session Manager starts commands in a folder of the system.
  [[ -w $PWD ]] || cd
  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_DEFAULT_PROFILE
  export AWS_SDK_LOAD_CONFIG=1 AWS_PROFILE=kiro-$agent
  exec /usr/local/bin/kiro-cli chat --agent "$agent" "${@:2}"
}

case ${1-} in
  chat) chat "${@:2}" ;;
  login) exec /usr/local/bin/kiro-sandbox-login "${@:2}" ;;
  agents) exit 0 ;;
  -h | --help) echo "$usage" ;;
  '') wrong 'say what to do' ;;
  *) wrong "there is no \"$1\" on a machine that was taken over" ;;
esac
