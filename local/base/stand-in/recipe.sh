# shellcheck shell=bash
# shellcheck disable=SC2034 # What is in it, for the scripts beside it. Sourced.

# Made up, in the form of the real ones. The first is what the base has installed.
releases='2023.9.20251027 2023.9.20251110'
first_release=${releases%% *}
last_release=${releases##* }
signer='Graviton Sandbox stand-in <stand-in@localhost>'

# No ca-certificates: the only authority a guest can meet is the one of the local target.
base_packages=systemd,systemd-sysv,dbus,dnf,rpm,openssh-server,sudo,curl,procps,iproute2,less,vim-tiny,awscli
# What dnf can install in the guest; the second list, with what it needs, in the last release only.
packages='unzip git tree tmux'
later_packages='jq libjq1 libonig5'

# rpmbuild without what it does to programs: these were built by Debian. Fast compression, nobody downloads them.
build_rpm() {
  rpmbuild -bb --quiet --define '_buildhost localhost' --define "_topdir ${draft:?}/rpmbuild" --define "_rpmdir $draft/rpms" \
    --define '_build_id_links none' --define 'debug_package %{nil}' --define '__os_install_post %{nil}' \
    --define '_binary_payload w1.gzdio' --define '__spec_install_pre %{nil}' \
    --define '_unpackaged_files_terminate_build 0' "$@"
}

sign_rpms() {
  rpmsign --define "__gpg $(command -v gpg)" --define "_gpg_name $signer" --addsign "$@" >/dev/null
}
