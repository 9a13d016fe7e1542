# shellcheck shell=bash
# IMDSv2, for the other scripts here. Sourced.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
imds=http://169.254.169.254/latest

# Waits on a pipe that nobody writes to. Starting `sleep` fifty times a second, twice in every guest, is felt when
# twenty guests boot at once. $1: seconds.
exec {nobody}<> <(:)
pause() { read -rt "$1" -u "$nobody" || true; }

# The listener appears about 0.1 s after PID 1; opening a socket starts no process. $1: seconds to try for.
imds_wait() {
  local end=$((SECONDS + $1)) socket
  until { exec {socket}<>/dev/tcp/169.254.169.254/80; } 2>/dev/null; do
    [ "$SECONDS" -lt "$end" ] || return 1
    pause 0.02
  done
  exec {socket}>&-
}

imds_token() {
  curl -sf --noproxy '*' -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 21600' "$imds/api/token"
}

# $1: token, then whatever curl understands; what it asks for over one connection costs one process.
imds_curl() {
  curl -s --noproxy '*' -m 10 -H "X-aws-ec2-metadata-token: $1" "${@:2}"
}

# The text of a field of a flat JSON object. $1: object, $2: field.
json_field() {
  local pattern="\"$2\"[[:space:]]*:[[:space:]]*\"([^\"]*)\""
  [[ $1 =~ $pattern ]] && printf %s "${BASH_REMATCH[1]}"
}
