#!/usr/bin/env bash
# Packages, each exactly as the lock names it, from the repository of one release of Amazon Linux.
# https://docs.aws.amazon.com/linux/al2023/ug/deterministic-upgrades-usage.html
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=userdata/provision/lib.sh
source provision/lib.sh

mapfile -t wanted < <(grep -v '^$' packages.txt)
dnf_here() { dnf --quiet --assumeyes --releasever="$releasever" --setopt=install_weak_deps=False "$@"; }

missing() {
  local package
  for package in "${wanted[@]}"; do
    # rpm says (none) where dnf says epoch 0.
    rpm -q --qf '%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\n' "${package%%-[0-9]*:*}" 2>/dev/null |
      grep -qxF "$package" || echo "$package"
  done
}

dnf_here makecache >makecache.log 2>&1 ||
  fail "the repository does not know release $releasever of Amazon Linux: $(tail -n 1 makecache.log)"
mapfile -t todo < <(missing)
if ((${#todo[@]} == 0)); then
  echo "all ${#wanted[@]} packages are there"
  exit 0
fi
for package in "${todo[@]}"; do
  [[ -n $(dnf_here repoquery "$package" 2>/dev/null) ]] ||
    fail "release $releasever has no package $package (any more); npm run image:lock -- --update resolves anew"
done
dnf_here install "${todo[@]}" || fail "dnf could not install ${todo[*]}"
mapfile -t todo < <(missing)
((${#todo[@]} == 0)) || fail "installed, but not as the lock says: ${todo[*]}"
echo "${#wanted[@]} packages of $releasever"
