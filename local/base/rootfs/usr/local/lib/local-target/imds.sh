# shellcheck shell=bash
# IMDSv2, for the other scripts here. Sourced.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
#
# Spoken by bash itself: starting curl costs 50 ms of processor time, and two scripts ask ten questions in every boot.
# For the same reason functions leave their answer in REPLY instead of being called in $(...).
imds_host=169.254.169.254

# Waits on a pipe that nobody writes to. Starting `sleep` fifty times a second, twice in every guest, is felt when
# twenty guests boot at once. $1: seconds.
exec {nobody}<> <(:)
pause() { read -rt "$1" -u "$nobody" || true; }

imds_connect() { { exec {imds_socket}<>"/dev/tcp/$imds_host/80"; } 2>/dev/null; }

# The listener appears about 0.1 s after PID 1; opening a socket starts no process. $1: seconds to try for.
imds_wait() {
  local end=$((SECONDS + $1))
  until imds_connect; do
    [ "$SECONDS" -lt "$end" ] || return 1
    pause 0.02
  done
  exec {imds_socket}>&-
}

# Sets imds_status and imds_length from the head of an answer; the body is next on the socket.
imds_read_head() {
  local line word
  imds_status='' imds_length=''
  read -r -t 10 -u "$imds_socket" word imds_status line && [[ $word == HTTP/1.* ]] || return 1
  while read -r -t 10 -u "$imds_socket" line && [ "${line%$'\r'}" != '' ]; do
    [[ ${line,,} != content-length:* ]] || { line=${line#*:} && imds_length=$((${line%$'\r'})); }
  done
  [ -n "$imds_length" ]
}

# Asks one question over a connection of its own, as the service ends it after each answer. $1: method, $2: path
# below /latest, $3: a header. Sets imds_status, and REPLY to the body unless $4 names a file for it: bytes that bash
# cannot hold. Fails when there is no whole answer.
imds_ask() {
  local done=1 LC_ALL=C
  REPLY=
  imds_connect || return 1
  printf '%s /latest/%s HTTP/1.1\r\nHost: %s\r\n%s\r\nConnection: close\r\n\r\n' "$1" "$2" "$imds_host" "$3" \
    >&"$imds_socket" && imds_read_head && {
    if [ "$imds_length" -eq 0 ]; then
      [ -z "${4-}" ] || : >"$4"
    elif [ -n "${4-}" ]; then
      head -c "$imds_length" <&"$imds_socket" >"$4"
    else
      read -r -t 10 -N "$imds_length" -u "$imds_socket"
    fi
  } && done=0
  exec {imds_socket}>&-
  return "$done"
}

imds_token() {
  imds_ask PUT api/token 'X-aws-ec2-metadata-token-ttl-seconds: 21600' && [ "$imds_status" = 200 ]
}

# $1: token, $2: path, $3: file, if the answer shall go to one. Any status is an answer.
imds_get() { imds_ask GET "$2" "X-aws-ec2-metadata-token: $1" "${@:3}"; }

# The text of a field of a flat JSON object. $1: object, $2: field.
json_field() {
  local pattern="\"$2\"[[:space:]]*:[[:space:]]*\"([^\"]*)\""
  REPLY=
  [[ $1 =~ $pattern ]] && REPLY=${BASH_REMATCH[1]}
}
