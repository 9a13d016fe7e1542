"""Names of packages to exactly what dnf would install for them: one name-epoch:version-release.arch a line.

Arguments: the release of Amazon Linux (empty: that of this machine), then names. First line: the release.
"""
import subprocess
import sys

import dnf


def release_of_machine():
    return subprocess.run(["rpm", "-q", "--qf", "%{VERSION}", "system-release"], check=True, capture_output=True, text=True).stdout


def main():
    wanted, names = sys.argv[1], sys.argv[2:]
    release = wanted or release_of_machine()
    with dnf.Base() as base:
        base.conf.read()
        base.conf.substitutions["releasever"] = release
        base.conf.substitutions.update_from_etc(base.conf.installroot)
        base.conf.install_weak_deps = False
        base.conf.best = True
        base.read_all_repos()
        base.fill_sack(load_system_repo="auto")
        # One that is installed already is pinned too: the image must have it whatever the base has.
        chosen = set()
        for name in names:
            installed = base.sack.query().installed().filter(name=name).run()
            chosen.update(installed)
            if not installed:
                try:
                    base.install(name)
                except dnf.exceptions.MarkingError:
                    sys.exit(f"the release {release} has no package {name}")
        base.resolve()
        chosen.update(base.transaction.install_set)
    print(release)
    for package in sorted({f"{p.name}-{p.epoch}:{p.version}-{p.release}.{p.arch}" for p in chosen}):
        print(package)


main()
