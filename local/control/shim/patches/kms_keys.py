"""Private keys of KMS live in OpenSSL's memory; they travel as PKCS 8. And a key of a stack can be changed in place."""
from __future__ import annotations

import json
from types import ModuleType
from typing import Any

from .. import codec


def load_key(data: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(data, password=None, unsafe_skip_rsa_key_validation=True)


def reduce_key(key: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return load_key, (key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),)


def in_words_of_kms(plain: Any) -> Any:
    """Tags have other names in KMS, and GetKeyPolicy answers with text, whoever wrote the policy."""

    def create(cls: type, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any) -> Any:
        properties = cloudformation_json["Properties"]
        tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])]
        said = {**properties, "Tags": tags, "KeyPolicy": json.dumps(properties["KeyPolicy"], default=str)}
        return plain(cls, resource_name, {**cloudformation_json, "Properties": said}, account_id, region_name, **kwargs)

    return create


def update_key(cls: Any, original_resource: Any, new_resource_name: str, cloudformation_json: Any, account_id: str, region_name: str) -> Any:
    key, properties = original_resource, cloudformation_json["Properties"]
    key.policy, key.description = json.dumps(properties["KeyPolicy"], default=str), properties.get("Description", "")
    key.key_rotation_status, key.enabled = properties.get("EnableKeyRotation", False), properties.get("Enabled", True)
    key.key_state = "Enabled" if key.enabled else "Disabled"
    return key


def apply(module: ModuleType) -> None:
    from cryptography.hazmat.bindings._rust import openssl

    for kind in (openssl.rsa.RSAPrivateKey, openssl.ec.ECPrivateKey, openssl.ed25519.Ed25519PrivateKey):
        codec.reducers[kind] = reduce_key
    key = module.Key
    key.create_from_cloudformation_json = classmethod(in_words_of_kms(key.create_from_cloudformation_json.__func__))
    key.update_from_cloudformation_json = classmethod(update_key)


WHEN = {"moto.kms.models": apply}
