# shellcheck shell=bash
# Sourced. Answers are left in REPLY: each $(...) is a process more in every boot.

# Seconds since PID 1 started: /proc/uptime is that of the host. Its 22nd field counts hundredths since then.
seconds_up() {
  local up stat
  read -r up _ </proc/uptime
  read -ra stat </proc/1/stat
  REPLY=$((${up%.*} - stat[21] / 100))
}

# As `date -uR` writes it.
date_of_now() { TZ=UTC printf -v REPLY '%(%a, %d %b %Y %H:%M:%S +0000)T' -1; }
