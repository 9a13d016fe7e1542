#!/usr/bin/env bash
# Swap in a file: Kiro's processes grow, and a machine without swap kills one of them instead of getting slow.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=userdata/provision/lib.sh
source provision/lib.sh

file=/swapfile
bytes=$((swap_mib * 1024 * 1024))
grep -q "^$file " /etc/fstab 2>/dev/null || echo "$file none swap defaults,nofail 0 0" >>/etc/fstab
if in_container; then
  # Swap belongs to the kernel, and that is the host's. A file nobody may activate would only fill the image.
  echo "$swap_mib MiB of swap in /etc/fstab; a container cannot have it, so there is no file"
  exit 0
fi
# mkswap refuses a file that is in use, and signs what it has made: a run that was cut off has left no signature.
if [[ ! -f $file ]] || (($(stat -c %s "$file") != bytes)) || [[ $(blkid -p -s TYPE -o value "$file") != swap ]]; then
  swapoff "$file" 2>/dev/null || true
  rm -f "$file"
  install -m 600 /dev/null "$file"
  # Written, not only reserved: a swap file may have no holes.
  dd if=/dev/zero of="$file" bs=1M count="$swap_mib" status=none || {
    rm -f "$file"
    fail "no room for $swap_mib MiB of swap: $(df --output=avail -h / | tail -n 1 | tr -d ' ') are free"
  }
  mkswap "$file" >/dev/null
fi
swapon --show=NAME --noheadings | grep -qx "$file" || swapon "$file"
echo "$swap_mib MiB of swap"
