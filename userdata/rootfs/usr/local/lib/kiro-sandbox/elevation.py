"""Elevated credentials that a person hands over from a laptop (elevation.mode push); runs as the sandbox user.

elevation.py begin        makes a key for one hand-over and prints its public half, base64
elevation.py take SEALED  opens what was sealed for that key and keeps it until its end
elevation.py status       {"until", "by", "reason", "allow", "allowed", "said"}: what is here, and what AWS says to it
elevation.py drop         forgets what is here; prints when it would have ended, or nothing
elevation.py credentials  credential_process of the profile kiro-elevated

SEALED is base64(their public key).base64(nonce, ciphertext, tag): X25519 (RFC 7748), HKDF-SHA256 (RFC 5869) with the
two public keys as info, AES-256-GCM. Keys never leave this process but for the file of `begin`. The library is the
one that Python itself is linked to, called by its documented functions: https://docs.openssl.org/3.0/man3/
"""

from __future__ import annotations  # AL2023 has Python 3.9

import base64
import ctypes
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from datetime import datetime

PLACE = os.environ.get("KIRO_SANDBOX_RUN", "/run/kiro-sandbox")
KEPT = f"{PLACE}/elevated.json"
KEY = f"{PLACE}/hand-over.key"
# https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sourcing-external.html
FIELDS = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
PATH = {**os.environ, "PATH": "/usr/local/bin:/usr/bin:/bin"}


def refuse(sentence: str) -> None:
    print(f"kiro-sandbox: {sentence}", file=sys.stderr)
    sys.exit(1)


def forget(path: str) -> bool:
    try:
        os.unlink(path)
        return True
    except FileNotFoundError:
        return False


def library() -> ctypes.CDLL:
    for name in ("libcrypto.so.3", "libcrypto.so.1.1"):
        try:
            found = ctypes.CDLL(name)
        except OSError:
            continue
        for function in ("EVP_PKEY_new_raw_private_key", "EVP_PKEY_new_raw_public_key", "EVP_PKEY_CTX_new"):
            getattr(found, function).restype = ctypes.c_void_p
        for function in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
            getattr(found, function).restype = ctypes.c_void_p
        return found
    raise OSError("there is no libcrypto")


X25519 = 1034  # NID_X25519
SET_TAG = 0x11  # EVP_CTRL_AEAD_SET_TAG


def must(result: int | None) -> ctypes.c_void_p:
    """Functions of libcrypto answer 1 or a pointer; anything else is a no."""
    if result is None or result <= 0:
        refuse("what was handed over is not for this key")
    return ctypes.c_void_p(result)


def size(value: int) -> ctypes.c_size_t:
    return ctypes.c_size_t(value)


def public_of(private: bytes) -> bytes:
    crypto, public, length = library(), ctypes.create_string_buffer(32), size(32)
    key = must(crypto.EVP_PKEY_new_raw_private_key(X25519, None, private, size(32)))
    must(crypto.EVP_PKEY_get_raw_public_key(key, public, ctypes.byref(length)))
    return public.raw


def agree(private: bytes, theirs: bytes) -> bytes:
    crypto, secret, length = library(), ctypes.create_string_buffer(32), size(32)
    own = must(crypto.EVP_PKEY_new_raw_private_key(X25519, None, private, size(32)))
    peer = must(crypto.EVP_PKEY_new_raw_public_key(X25519, None, theirs, size(len(theirs))))
    context = must(crypto.EVP_PKEY_CTX_new(own, None))
    must(crypto.EVP_PKEY_derive_init(context))
    must(crypto.EVP_PKEY_derive_set_peer(context, peer))
    must(crypto.EVP_PKEY_derive(context, secret, ctypes.byref(length)))
    prk = hmac.new(b"kiro-sandbox hand-over", secret.raw, hashlib.sha256).digest()
    return hmac.new(prk, theirs + public_of(private) + b"\x01", hashlib.sha256).digest()


def decrypt(key: bytes, sealed: bytes) -> bytes:
    nonce, text, tag = sealed[:12], sealed[12:-16], sealed[-16:]
    crypto, plain, length = library(), ctypes.create_string_buffer(len(text) + 16), ctypes.c_int()
    context = must(crypto.EVP_CIPHER_CTX_new())
    must(crypto.EVP_DecryptInit_ex(context, ctypes.c_void_p(crypto.EVP_aes_256_gcm()), None, key, nonce))
    must(crypto.EVP_DecryptUpdate(context, plain, ctypes.byref(length), text, len(text)))
    must(crypto.EVP_CIPHER_CTX_ctrl(context, SET_TAG, 16, tag))
    must(crypto.EVP_DecryptFinal_ex(context, ctypes.byref(plain, length.value), ctypes.byref(ctypes.c_int())))
    return plain.raw[: length.value]


def begin() -> None:
    forget(KEY)
    private = os.urandom(32)
    with os.fdopen(os.open(KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(private)
    print(base64.b64encode(public_of(private)).decode())


def unseal(text: str) -> dict:
    try:
        theirs, sealed = (base64.b64decode(part, validate=True) for part in text.split("."))
    except ValueError:
        refuse("this is nothing that was sealed for a sandbox")
    if len(theirs) != 32 or len(sealed) < 28:
        refuse("this is nothing that was sealed for a sandbox")
    try:
        with open(KEY, "rb") as file:
            private = file.read()
    except FileNotFoundError:
        refuse("there is no key for a hand-over; another one has ended in the meantime")
    forget(KEY)  # Good for once.
    return json.loads(decrypt(agree(private, theirs), sealed))


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
