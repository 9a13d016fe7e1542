"""Private keys of KMS live in OpenSSL's memory; they travel as PKCS 8."""
from __future__ import annotations

from types import ModuleType
from typing import Any

from .. import codec


def load_key(data: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(data, password=None, unsafe_skip_rsa_key_validation=True)


def reduce_key(key: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return load_key, (key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),)


def apply(_module: ModuleType) -> None:
    from cryptography.hazmat.bindings._rust import openssl

    for kind in (openssl.rsa.RSAPrivateKey, openssl.ec.ECPrivateKey, openssl.ed25519.Ed25519PrivateKey):
        codec.reducers[kind] = reduce_key


WHEN = {"moto.kms.models": apply}
