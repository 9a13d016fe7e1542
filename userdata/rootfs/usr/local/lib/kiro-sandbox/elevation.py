"""Elevated credentials that a person hands over from a laptop (elevation.mode push); runs as the sandbox user.

elevation.py begin        makes a key for one hand-over and prints its public half, base64 of DER
elevation.py take SEALED  opens what was sealed for that key and keeps it until its end
elevation.py status       {"until", "by", "reason", "allow", "allowed", "said"}: what is here, and what AWS says to it
elevation.py drop         forgets what is here; prints when it would have ended, or nothing
elevation.py credentials  credential_process of the profile kiro-elevated

SEALED is base64(their public key).base64(ciphertext).base64(HMAC-SHA256 of both). Both sides derive 64 bytes by
X25519 and HKDF-SHA256 (RFC 7748, RFC 5869): the first half opens, as password of `openssl enc -aes-256-ctr
-pbkdf2 -iter 1`, the second half authenticates. No secret is an argument: other users of the machine see those.
"""

from __future__ import annotations  # AL2023 has Python 3.9

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime

PLACE = os.environ.get("KIRO_SANDBOX_RUN", "/run/kiro-sandbox")
KEPT = f"{PLACE}/elevated.json"
KEY = f"{PLACE}/hand-over.pem"
# https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sourcing-external.html
FIELDS = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
PATH = {**os.environ, "PATH": "/usr/local/bin:/usr/bin:/bin"}


def refuse(sentence: str) -> None:
    print(f"kiro-sandbox: {sentence}", file=sys.stderr)
    sys.exit(1)


def openssl(*arguments: str, given: bytes = b"", fds: tuple[int, ...] = ()) -> bytes:
    done = subprocess.run(["openssl", *arguments], input=given, capture_output=True, pass_fds=fds, env=PATH)
    if done.returncode != 0:
        refuse(f"openssl {arguments[0]} has failed: {done.stderr.decode(errors='replace').strip()[:200]}")
    return done.stdout


def forget(path: str) -> bool:
    try:
        os.unlink(path)
        return True
    except FileNotFoundError:
        return False


def begin() -> None:
    forget(KEY)
    openssl("genpkey", "-algorithm", "X25519", "-out", KEY)
    print(base64.b64encode(openssl("pkey", "-in", KEY, "-pubout", "-outform", "DER")).decode())


def hkdf(secret: bytes) -> bytes:
    prk = hmac.new(b"kiro-sandbox hand-over", secret, hashlib.sha256).digest()
    first = hmac.new(prk, b"\x01", hashlib.sha256).digest()
    return first + hmac.new(prk, first + b"\x02", hashlib.sha256).digest()


def derive(theirs: bytes) -> bytes:
    with tempfile.NamedTemporaryFile(dir=PLACE) as file:
        file.write(openssl("pkey", "-pubin", "-inform", "DER", "-outform", "PEM", given=theirs))
        file.flush()
        return hkdf(openssl("pkeyutl", "-derive", "-inkey", KEY, "-peerkey", file.name))


def decrypt(password: bytes, sealed: bytes) -> bytes:
    reader, writer = os.pipe()
    os.write(writer, password.hex().encode())
    os.close(writer)
    options = ("-d", "-aes-256-ctr", "-pbkdf2", "-iter", "1", "-md", "sha256", "-pass", f"fd:{reader}")
    try:
        return openssl("enc", *options, given=sealed, fds=(reader,))
    finally:
        os.close(reader)


def unseal(text: str) -> dict:
    try:
        theirs, sealed, mark = (base64.b64decode(part, validate=True) for part in text.split("."))
    except ValueError:
        refuse("this is nothing that was sealed for a sandbox")
    if not os.path.exists(KEY):
        refuse("there is no key for a hand-over; another one has ended in the meantime")
    keys = derive(theirs)
    forget(KEY)  # Good for once.
    if not hmac.compare_digest(hmac.new(keys[32:], theirs + sealed, hashlib.sha256).digest(), mark):
        refuse("what was handed over is not for this key")
    return json.loads(decrypt(keys[:32], sealed))


def left(kept: dict) -> float:
    return datetime.fromisoformat(kept["Expiration"].replace("Z", "+00:00")).timestamp() - time.time()


def read() -> dict | None:
    """What is kept; what has ended goes with the first look at it."""
    try:
        with open(KEPT, encoding="utf-8") as file:
            kept = json.load(file)
        if left(kept) > 0:
            return kept
    except (OSError, ValueError, KeyError):
        pass
    forget(KEPT)
    return None


def take(text: str) -> None:
    kept = unseal(text)
    if any(not isinstance(kept.get(field), str) for field in FIELDS):
        refuse("what was handed over are no credentials")
    draft = f"{KEPT}.draft"
    forget(draft)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(kept, file)
    os.replace(draft, KEPT)
    # Out of this session, which ends in a moment.
    nothing = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    end = [sys.executable, "-I", os.path.abspath(__file__), "end", str(max(0.0, left(kept)))]
    subprocess.Popen(end, start_new_session=True, cwd="/", **nothing)


def status() -> None:
    kept = read()
    if kept is None:
        print("{}")
        return
    asked = ["aws", "--profile", "kiro-elevated", "ec2", "describe-regions", "--query", "length(Regions)"]
    done = subprocess.run(asked, capture_output=True, text=True, env=PATH, stdin=subprocess.DEVNULL)
    told = {field: kept.get(field) for field in ("by", "reason", "allow")}
    said = done.stderr.strip()[:300]
    print(json.dumps({**told, "until": kept["Expiration"], "allowed": done.returncode == 0, "said": said}))


def credentials() -> None:
    kept = read()
    if kept is None:
        refuse("nobody has elevated this sandbox; a person does with npm run sandbox:elevate")
    print(json.dumps({"Version": 1, **{field: kept[field] for field in FIELDS}}))


def end(seconds: str) -> None:
    time.sleep(float(seconds) + 1)
    read()


def drop() -> None:
    kept = read()
    forget(KEY)
    forget(KEPT)
    print(kept["Expiration"] if kept else "")


COMMANDS = {"begin": begin, "take": take, "status": status, "drop": drop, "credentials": credentials, "end": end}
os.umask(0o077)
COMMANDS[sys.argv[1]](*sys.argv[2:])
