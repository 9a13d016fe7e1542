#!/usr/bin/env bash
# Swap in a file: Kiro's processes grow, and a machine without swap kills one of them instead of getting slow.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=userdata/provision/lib.sh
source provision/lib.sh

file=/swapfile
bytes=$((swap_mib * 1024 * 1024))
if [[ ! -f $file ]] || (($(stat -c %s "$file") != bytes)); then
  swapoff "$file" 2>/dev/null || true
  rm -f "$file"
  # In a container the file is only the size of one; what nobody may activate shall not fill a disk.
  if in_container; then
    truncate -s "$bytes" "$file"
  else
    # Holes are not allowed in a swap file, and XFS needs them written.
    dd if=/dev/zero of="$file" bs=1M count="$swap_mib" status=none || fail "no room for $swap_mib MiB of swap"
  fi
fi
chmod 600 "$file"
mkswap "$file" >/dev/null
grep -q "^$file " /etc/fstab 2>/dev/null || echo "$file none swap defaults,nofail 0 0" >>/etc/fstab
if in_container; then
  echo "$swap_mib MiB of swap in /etc/fstab; a container cannot activate it"
else
  swapon --show=NAME --noheadings | grep -qx "$file" || swapon "$file"
  echo "$swap_mib MiB of swap"
fi
