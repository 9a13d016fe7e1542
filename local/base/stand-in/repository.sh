#!/usr/bin/env bash
# $draft/debs as a signed repository, one per release, in $draft/repository.
set -euo pipefail
: "${here:?}" "${draft:?}" "${BASE_RPM_ARCHITECTURE:?}"
# shellcheck source=local/base/stand-in/recipe.sh
source "$here/stand-in/recipe.sh"
# shellcheck source=local/base/publish.sh
source "$here/publish.sh"
tree=$draft/debian
files=$draft/files
mkdir -p "$tree" "$files"

field() { dpkg-deb -f "$1" "$2"; }

# 1:6.0-28+deb12u1 -> 6.0 and 28.deb12u1: named after what is inside, and never to be taken for Amazon's.
version_of() {
  local version=${1#*:}
  [[ $version == *-* ]] && version=${version%-*}
  echo "${version//[^A-Za-z0-9.~]/.}"
}
release_of() {
  local revision=0
  [[ $1 == *-* ]] && revision=${1##*-}
  echo "${revision//[^A-Za-z0-9.~]/.}.amzn2023.0.$2.standin"
}

# Debian's dependencies among these packages; all others are in the base already.
requires_of() {
  field "$1" Depends | tr ',|' '\n' | sed -E 's/^ *([^ (:]+).*/\1/' | sort -u | grep -xFf "$draft/names" || true
}

# $1: the .deb, $2: the build. Without docs, as in the base.
render_package() {
  local deb=$1 name version
  name=$(field "$deb" Package)
  version=$(field "$deb" Version)
  cat <<END
%package -n $name
Version: $(version_of "$version")
Release: $(release_of "$version" "$2")
Summary: $(field "$deb" Description | head -n 1) (stand-in made of Debian's $name $version)
AutoReqProv: no
$(requires_of "$deb" | sed 's/^/Requires: /')
%description -n $name
Debian's $name $version, repackaged.
%files -n $name -f $files/$name
END
}

unpack() {
  local deb=$1 name
  name=$(field "$deb" Package)
  dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$tree" --exclude='./usr/share/doc' --exclude='./usr/share/man' \
    --exclude='./usr/share/locale' --exclude='./usr/share/lintian'
  # Files that two packages share exist once; directories belong to the base or come with the files.
  dpkg-deb --fsys-tarfile "$deb" | tar -t | sed -e 's/^\.//' -e '/\/$/d' \
    -e '\#^/usr/share/\(doc\|man\|locale\|lintian\)/#d' -e 's/.*/"&"/' >"$files/$name"
}

# $1: name of the specification, $2: build, then .debs.
write_spec() {
  local spec=$draft/$1.spec build=$2
  printf 'Name: %s\nVersion: 0\nRelease: 0\nSummary: none\nLicense: see Debian\n%%description\nnone\n' "$1" >"$spec"
  for deb in "${@:3}"; do render_package "$deb" "$build"; done >>"$spec"
}

debs=()
for deb in "$draft"/debs/*.deb; do
  unpack "$deb"
  # Nothing but manual pages in it: nobody gets an empty package.
  [ ! -s "$files/$(field "$deb" Package)" ] || debs+=("$deb")
done
for deb in "${debs[@]}"; do field "$deb" Package; done >"$draft/names"
write_spec all 1 "${debs[@]}"
# Something to upgrade.
write_spec newer 2 "$draft"/debs/unzip_*.deb
for spec in all newer; do
  build_rpm --target "$BASE_RPM_ARCHITECTURE" --buildroot "$tree" --noclean "$draft/$spec.spec"
done
sign_rpms "$draft/rpms/$BASE_RPM_ARCHITECTURE"/*.rpm

all=("$draft/rpms/$BASE_RPM_ARCHITECTURE"/*.rpm)
mapfile -t first < <(printf '%s\n' "${all[@]}" | grep -vE "/(${later_packages// /|})-|\.amzn2023\.0\.2\.")
mapfile -t last < <(printf '%s\n' "${all[@]}" | grep -vE '/unzip-.*\.amzn2023\.0\.1\.')
publish "$first_release" "${first[@]}" "$draft"/rpms/noarch/system-release-"$first_release"-*.rpm
publish "$last_release" "${last[@]}" "$draft"/rpms/noarch/system-release-*.rpm
