"""AWS::S3::Bucket and AWS::S3::BucketPolicy: all properties that a state bucket has, not only name and tags."""
from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

# Buckets that the change set in hand takes in as they are.
adopting: set[str] = set()
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def yes(value: Any) -> bool:
    return str(value).lower() == "true"


def lifecycle_rule(rule: dict[str, Any], number: int) -> dict[str, Any]:
    """From the words of CloudFormation to those of the S3 API."""
    api: dict[str, Any] = {"ID": rule.get("Id", f"rule-{number}"), "Status": rule["Status"]}
    tags = [{"Key": t["Key"], "Value": t["Value"]} for t in rule.get("TagFilters", [])]
    prefix = rule.get("Prefix", "")
    if len(tags) + bool(prefix) > 1:
        api["Filter"] = {"And": {**({"Prefix": prefix} if prefix else {}), "Tag": tags}}
    else:
        api["Filter"] = {"Tag": tags[0]} if tags else {"Prefix": prefix}
    expiration = {name: rule[f"Expiration{tail}"] for name, tail in (("Days", "InDays"), ("Date", "Date")) if f"Expiration{tail}" in rule}
    if "ExpiredObjectDeleteMarker" in rule:
        expiration["ExpiredObjectDeleteMarker"] = str(rule["ExpiredObjectDeleteMarker"]).lower()
    if expiration:
        api["Expiration"] = expiration
    old = rule.get("NoncurrentVersionExpiration") or {"NoncurrentDays": rule.get("NoncurrentVersionExpirationInDays")}
    if old.get("NoncurrentDays") is not None:
        api["NoncurrentVersionExpiration"] = old
    if "AbortIncompleteMultipartUpload" in rule:
        api["AbortIncompleteMultipartUpload"] = rule["AbortIncompleteMultipartUpload"]
    moves = rule.get("Transitions") or ([rule["Transition"]] if "Transition" in rule else [])
    api["Transition"] = [{"StorageClass": m["StorageClass"], "Days": m.get("TransitionInDays"), "Date": m.get("TransitionDate")} for m in moves]
    old_moves = rule.get("NoncurrentVersionTransitions") or ([rule["NoncurrentVersionTransition"]] if "NoncurrentVersionTransition" in rule else [])
    api["NoncurrentVersionTransition"] = [
        {"StorageClass": m["StorageClass"], "NoncurrentDays": m["TransitionInDays"], "NewerNoncurrentVersions": m.get("NewerNoncurrentVersions")} for m in old_moves]
    return {key: value for key, value in api.items() if value != []}


def encryption(config: dict[str, Any]) -> dict[str, Any]:
    rule = config["ServerSideEncryptionConfiguration"][0]
    default = rule["ServerSideEncryptionByDefault"]
    # The same shape that moto keeps after PutBucketEncryption.
    return {"Rule": {"ApplyServerSideEncryptionByDefault": dict(default), "BucketKeyEnabled": "true" if yes(rule.get("BucketKeyEnabled")) else "false"}}


def apply_properties(backend: Any, name: str, properties: dict[str, Any], updating: bool) -> None:
    from moto.utilities.tagging_service import TaggingService

    versioning = properties.get("VersioningConfiguration", {}).get("Status")
    if versioning or (updating and backend.get_bucket_versioning(name)):
        backend.put_bucket_versioning(name, versioning or "Suspended")
    # What a template does not say is what every new bucket has.
    block = properties.get("PublicAccessBlockConfiguration")
    blocked = {b: "true" if block is None or yes(block.get(b)) else "false" for b in BLOCKS}
    backend.put_public_access_block(name, blocked)
    rules = properties.get("OwnershipControls", {}).get("Rules") or [{"ObjectOwnership": "BucketOwnerEnforced"}]
    backend.put_bucket_ownership_controls(name, rules[0]["ObjectOwnership"])
    lifecycle = properties.get("LifecycleConfiguration", {}).get("Rules") or []
    if lifecycle:
        backend.put_bucket_lifecycle_configuration(name, [lifecycle_rule(rule, n) for n, rule in enumerate(lifecycle, 1)])
    elif updating:
        backend.delete_bucket_lifecycle(name)
    default = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    backend.put_bucket_encryption(name, encryption(properties.get("BucketEncryption") or default))
    logging = properties.get("LoggingConfiguration")
    if logging or updating:
        target = {"TargetBucket": (logging or {}).get("DestinationBucketName") or name, "TargetPrefix": (logging or {}).get("LogFilePrefix", "")}
        backend.get_bucket(name).logging = target if logging else {}
    if "Tags" in properties or updating:
        backend.put_bucket_tagging(name, TaggingService().flatten_tag_list(properties.get("Tags", [])))


def wrap_bucket(module: ModuleType) -> None:
    bucket = module.FakeBucket
    make, change = bucket.create_from_cloudformation_json.__func__, bucket.update_from_cloudformation_json.__func__

    def backend_of(account_id: str, region_name: str) -> Any:
        return module.s3_backends[account_id][module.get_partition(region_name)]

    def create(cls: type, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any) -> Any:
        if resource_name in adopting:
            # Imported as it is; that it differs from the template is drift.
            return backend_of(account_id, region_name).get_bucket(resource_name)
        made = make(cls, resource_name, {**cloudformation_json, "Properties": {}}, account_id, region_name, **kwargs)
        apply_properties(backend_of(account_id, region_name), made.name, cloudformation_json.get("Properties", {}), updating=False)
        return made

    def update(cls: type, original_resource: Any, new_resource_name: str, cloudformation_json: Any, account_id: str, region_name: str) -> Any:
        properties = dict(cloudformation_json.get("Properties", {}))
        named = {k: v for k, v in properties.items() if k == "BucketName"}
        changed = change(cls, original_resource, new_resource_name, {**cloudformation_json, "Properties": named}, account_id, region_name)
        apply_properties(backend_of(account_id, region_name), changed.name, properties, updating=True)
        return changed

    def delete(cls: type, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str) -> None:
        from moto.cloudformation.exceptions import ValidationError

        if backend_of(account_id, region_name).get_bucket(resource_name).keys:
            raise ValidationError(message=f"The bucket you tried to delete is not empty: {resource_name}")
        backend_of(account_id, region_name).delete_bucket(resource_name)

    for name, function in (("create", create), ("update", update), ("delete", delete)):
        setattr(bucket, f"{name}_from_cloudformation_json", classmethod(function))


def apply(module: ModuleType) -> None:
    wrap_bucket(module)
    importlib.import_module(".bucket_policy", __package__)  # to define the class is to register it


WHEN = {"moto.s3.models": apply}
