# shellcheck shell=bash
# Sourced.

# Seconds since PID 1 started: /proc/uptime is that of the host. Its 22nd field counts hundredths since then.
seconds_up() {
  local up stat
  read -r up _ </proc/uptime
  read -ra stat </proc/1/stat
  echo $((${up%.*} - stat[21] / 100))
}
