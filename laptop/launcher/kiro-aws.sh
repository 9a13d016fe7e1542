#!/usr/bin/env bash
# Kiro with an AWS configuration of its own: no profile exists for it but those of one file.
# Kept by npm run laptop:setup from the settings; npm run laptop:verify finds changes.
# Works with bash 3.2, which is what macOS has.
set -euo pipefail
# @inject: config_file credentials_file default_profile sso_session readonly_agent elevated_agent
: "${config_file:?}" "${credentials_file:?}" "${default_profile:?}" "${sso_session:?}"
: "${readonly_agent:?}" "${elevated_agent:?}"

# Functions that a shell exported stand before programs: an `aws` of somebody's own would be called instead.
for name in $(compgen -A function); do
  unset -f "$name"
done

usage() {
  cat <<END
kiro-aws [options of kiro-cli chat]            Kiro that looks at AWS, agent $readonly_agent
kiro-aws elevated [options of kiro-cli chat]   Kiro that changes AWS, agent $elevated_agent
kiro-aws ide [folder]                          the Kiro IDE; close one that is open first, it would take this over
kiro-aws login                                 log in to AWS (IAM Identity Center)
kiro-aws run <command> [arguments]             any command as Kiro would run it: kiro-aws run aws sts get-caller-identity
END
}

fail() {
  printf 'kiro-aws: %s\n' "$2" >&2
  exit "$1"
}

# Whatever this terminal has for AWS stays out: keys, tokens, profiles, endpoints, container credentials. A bundle
# of certificates is no identity, and behind a company's proxy nothing works without it.
for name in "${!AWS_@}"; do
  [[ $name == AWS_CA_BUNDLE ]] || unset "$name"
done
export AWS_CONFIG_FILE=$config_file AWS_SHARED_CREDENTIALS_FILE=$credentials_file AWS_PROFILE=$default_profile
export AWS_EC2_METADATA_DISABLED=true

# A file that is missing would be an empty configuration, and one that cannot be read an error nobody understands.
[[ -r $config_file && -r $credentials_file ]] ||
  fail 1 "$config_file or $credentials_file cannot be read; npm run laptop:setup writes them"

# An agent is called what its file says, else as its file. One that cannot be read counts as ours. $1: file $2: agent
claims() {
  local base=${1##*/} found=0
  [[ ${base%.*} != "$2" ]] || return 0
  # Line ends go first, JSON may have them anywhere. A name with escapes (\u0061) is not worth a guess.
  tr '\r\n' '  ' <"$1" 2>/dev/null |
    grep -Eq "[\"']?name[\"']?[[:space:]]*:[[:space:]]*([\"']?$2([\"'[:space:],}]|\$)|\"[^\"]*\\\\u)" || found=$?
  [[ $found == 0 || ! -r $1 ]]
}

# A repository may ship an agent of the same name, and kiro-cli takes it instead of ours. $1: agent
refuse_shadows() {
  local folder home file
  # Both without links: where the home is one, its own agents are no strangers.
  folder=$(pwd -P)
  home=$(cd "$HOME" && pwd -P)
  while [[ $folder != "$home" ]]; do
    for file in "$folder"/.kiro/agents/*.json "$folder"/.kiro/agents/*.md; do
      [[ -e $file || -L $file ]] || continue
      ! claims "$file" "$1" ||
        fail 3 "$file would replace the agent $1; look at it, then go elsewhere or remove it"
    done
    [[ $folder != / && $folder != . ]] || break
    folder=$(dirname "$folder")
  done
}

# $1: agent; the rest goes to kiro-cli chat.
chat() {
  local agent=$1 word known
  shift
  for word in "$@"; do
    case $word in
      --agent | --agent=* | -r | --resume | --resume-*)
        fail 2 "$word could start another agent than $agent; kiro-aws run kiro-cli chat $word ... if that is meant"
        ;;
    esac
  done
  command -v kiro-cli >/dev/null || fail 127 'kiro-cli is not on PATH; https://kiro.dev/docs/cli/'
  refuse_shadows "$agent"
  # Chats fall back to another agent without a word when theirs is unknown.
  known=$(kiro-cli agent list </dev/null 2>&1) || true
  awk -v agent="$agent" '{ for (i = 1; i <= NF; i++) if ($i == agent) found = 1 } END { exit !found }' <<<"$known" ||
    fail 4 "kiro-cli does not know the agent $agent; npm run laptop:setup writes it, kiro-cli agent list shows what is known"
  # Tools and settings of our agents are those of V2; the variable is ignored by versions before there was a choice.
  export KIRO_AGENT_ENGINE=v2
  exec kiro-cli chat --agent "$agent" "$@"
}

case ${1-} in
  elevated)
    shift
    chat "$elevated_agent" "$@"
    ;;
  ide)
    shift
    command -v kiro >/dev/null ||
      fail 127 'kiro is not on PATH; in the IDE: Command Palette, "Shell Command: Install kiro command in PATH"'
    exec kiro "$@"
    ;;
  login) exec aws sso login --sso-session "$sso_session" ;;
  run)
    shift
    [[ $# -gt 0 ]] || fail 2 'run needs a command: kiro-aws run aws sts get-caller-identity'
    exec "$@"
    ;;
  help | -h | --help) usage ;;
  *) chat "$readonly_agent" "$@" ;;
esac
