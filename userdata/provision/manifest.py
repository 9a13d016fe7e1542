"""Prints what was baked as JSON. Argument: the payload folder."""

import hashlib
import json
import os
import pwd
import re
import subprocess
import sys

payload = sys.argv[1]


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def values() -> dict[str, str]:
    pairs = (line.split("=", 1) for line in open(f"{payload}/values.env", encoding="utf-8") if "=" in line)
    return {name: value.strip().strip("'") for name, value in pairs}


def os_release() -> dict[str, str]:
    pairs = (line.split("=", 1) for line in open("/etc/os-release", encoding="utf-8") if "=" in line)
    return {name: value.strip().strip('"') for name, value in pairs}


def describe(path: str) -> dict[str, str]:
    found = os.stat(path)
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    owner = pwd.getpwuid(found.st_uid).pw_name
    return {"path": path, "sha256": digest, "mode": f"{found.st_mode & 0o7777:04o}", "owner": owner}


# The boot step fills values into these, so that on a running machine they differ from what was baked.
filled = ("/.aws/config", "/.aws/kiro-readonly.config", "/.kiro/settings/cli.json")


def landed() -> list[str]:
    root = f"{payload}/rootfs"
    paths = (os.path.join(folder, name)[len(root) :] for folder, _, names in os.walk(root) for name in names)
    return sorted(path for path in paths if not path.endswith(filled))


given = values()
release = os_release()
programs = [f"/usr/local/bin/{name}" for name in ("kiro-cli", "kiro-cli-chat", "kiro-cli-term")]
packages = output("rpm", "-qa", "--qf", "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\\n").split("\n")
# Not uname: that is the kernel this ran under, in a container the host's.
kernel = sorted(package for package in packages if re.match(r"kernel(\d[\d.]*)?-\d+:", package))
print(
    json.dumps(
        {
            "version": 1,
            "digest": given["image_digest"],
            "architecture": given["architecture"],
            "system": release.get("PRETTY_NAME", ""),
            "standIn": release.get("VARIANT_ID", "") == "stand-in" or "stand-in" in release.get("VARIANT", ""),
            "releasever": given["releasever"],
            "kiroCli": output("/usr/local/bin/kiro-cli", "--version").removeprefix("kiro-cli "),
            "awsCli": output("/usr/local/bin/aws", "--version").split(" ")[0].removeprefix("aws-cli/"),
            "kernel": kernel,
            "swapMiB": int(given["swap_mib"]),
            "packages": sorted(package for package in packages if not package.startswith("gpg-pubkey-")),
            "files": [describe(path) for path in landed() + [p for p in programs if os.path.exists(p)]],
        },
        indent=2,
    )
)
