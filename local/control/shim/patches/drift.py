"""Drift: what the template says of a bucket, its policy, a key and the policies of a role, held against what they are."""
from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .bucket_properties import BLOCKS, yes

GONE = "gone"
Difference = tuple[str, Any, Any]  # path below the properties, as it should be, as it is


def bucket_of(account_id: str, name: str) -> Any:
    from moto.s3.models import s3_backends

    return s3_backends[account_id]["aws"].buckets.get(name)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def plain_encryption(rule: dict[str, Any], default: dict[str, Any]) -> dict[str, Any]:
    return {"SSEAlgorithm": default.get("SSEAlgorithm"), "KMSMasterKeyID": default.get("KMSMasterKeyID"), "BucketKeyEnabled": yes(rule.get("BucketKeyEnabled"))}


def live_bucket(bucket: Any) -> dict[str, Any]:
    encryption = (bucket.encryption or {}).get("Rule") or {}
    encryption = encryption[0] if isinstance(encryption, list) else encryption
    block = bucket.public_access_block
    names = {"BlockPublicAcls": "block_public_acls", "IgnorePublicAcls": "ignore_public_acls", "BlockPublicPolicy": "block_public_policy", "RestrictPublicBuckets": "restrict_public_buckets"}
    return {
        "/VersioningConfiguration/Status": bucket.versioning_status,
        "/BucketEncryption": plain_encryption(encryption, encryption["ApplyServerSideEncryptionByDefault"]) if encryption else None,
        "/PublicAccessBlockConfiguration": {b: bool(getattr(block, names[b])) for b in BLOCKS} if block else None,
        "/LoggingConfiguration": {"DestinationBucketName": bucket.logging.get("TargetBucket"), "LogFilePrefix": bucket.logging.get("TargetPrefix") or ""} if bucket.logging else None,
        "/LifecycleConfiguration": sorted(f"{r.id} {r.status} {r.nve_noncurrent_days or '-'} {r.expiration_days or '-'}" for r in bucket.rules) or None,
    }


def said_of_bucket(properties: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if "VersioningConfiguration" in properties:
        said["/VersioningConfiguration/Status"] = properties["VersioningConfiguration"].get("Status")
    for rule in (properties.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration", []):
        said["/BucketEncryption"] = plain_encryption(rule, rule["ServerSideEncryptionByDefault"])
    if "PublicAccessBlockConfiguration" in properties:
        said["/PublicAccessBlockConfiguration"] = {b: yes(properties["PublicAccessBlockConfiguration"].get(b)) for b in BLOCKS}
    if "LoggingConfiguration" in properties:
        logging = properties["LoggingConfiguration"]
        said["/LoggingConfiguration"] = {"DestinationBucketName": logging.get("DestinationBucketName"), "LogFilePrefix": logging.get("LogFilePrefix", "")}
    if "LifecycleConfiguration" in properties:
        said["/LifecycleConfiguration"] = sorted(
            f"{r.get('Id')} {r['Status']} {(r.get('NoncurrentVersionExpiration') or {}).get('NoncurrentDays') or '-'} {r.get('ExpirationInDays') or '-'}"
            for r in properties["LifecycleConfiguration"]["Rules"])
    return said


def compare_bucket(account: str, _region: str, physical: str, properties: dict[str, Any]) -> list[Difference] | str:
    bucket = bucket_of(account, physical)
    if bucket is None:
        return GONE
    live = live_bucket(bucket)
    return [(path, value, live[path]) for path, value in said_of_bucket(properties).items() if live[path] != value]


def compare_policy(account: str, _region: str, physical: str, properties: dict[str, Any]) -> list[Difference] | str:
    bucket = bucket_of(account, physical)
    if bucket is None or not bucket.policy:
        return GONE
    said, live = json.loads(json.dumps(properties["PolicyDocument"], default=str)), json.loads(bucket.policy)
    return [] if said == live else [("/PolicyDocument", said, live)]


def compare_key(account: str, region: str, physical: str, properties: dict[str, Any]) -> list[Difference] | str:
    from moto.kms.models import kms_backends

    key = kms_backends[account][region].keys.get(physical)
    # A key that waits for its deletion is gone, as far as CloudFormation can see.
    if key is None or key.key_state == "PendingDeletion":
        return GONE
    pairs = [("/EnableKeyRotation", yes(properties.get("EnableKeyRotation")), bool(key.key_rotation_status)), ("/Enabled", yes(properties.get("Enabled", True)), bool(key.enabled)),
             ("/KeyPolicy", properties["KeyPolicy"], json.loads(key.policy) if isinstance(key.policy, str) else key.policy)]
    return [pair for pair in pairs if pair[1] != pair[2]]


def compare_role(account: str, _region: str, physical: str, properties: dict[str, Any]) -> list[Difference] | str:
    from moto.iam.models import iam_backends

    role = next((role for role in iam_backends[account]["aws"].roles.values() if role.name == physical), None)
    if role is None:
        return GONE
    said, live = sorted(properties.get("ManagedPolicyArns") or []), sorted(role.managed_policies)
    return [] if said == live else [("/ManagedPolicyArns", said, live)]


KINDS: dict[str, Callable[[str, str, str, dict[str, Any]], list[Difference] | str]] = {
    "AWS::S3::Bucket": compare_bucket, "AWS::S3::BucketPolicy": compare_policy, "AWS::KMS::Key": compare_key, "AWS::IAM::Role": compare_role}


def compare(stack: Any, name: str) -> list[Difference] | str | None:
    """None: this is not looked at."""
    from moto.cloudformation.parsing import clean_json

    said, thing = stack.resource_map._resource_json_map[name], stack.resource_map._parsed_resources.get(name)
    if said["Type"] not in KINDS or thing is None:
        return None
    properties = clean_json(json.loads(json.dumps(said.get("Properties", {}), default=str)), stack.resource_map)
    return KINDS[said["Type"]](stack.account_id, stack.region_name, str(thing.physical_resource_id), properties)


def find_named(stack: Any, said: dict[str, Any]) -> str | None:
    """Physical id of what exists under the very name that a template gives it."""
    properties = said.get("Properties") or {}
    name = properties.get({"AWS::S3::Bucket": "BucketName", "AWS::S3::BucketPolicy": "Bucket"}.get(said["Type"], ""))
    bucket = bucket_of(stack.account_id, name) if isinstance(name, str) else None
    there = bucket is not None and (said["Type"] == "AWS::S3::Bucket" or bool(bucket.policy))
    return name if there else None
