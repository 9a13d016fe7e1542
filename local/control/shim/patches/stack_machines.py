"""Machines and roles of a CloudFormation stack: made as RunInstances and AttachRolePolicy would make them. moto drops
security groups, metadata options and defaults of the image of an instance, and the managed policies of a role."""
from __future__ import annotations

import json
from types import ModuleType
from typing import Any

# Properties that RunInstances takes under the same name and in the same form.
SAME = (
    "ImageId", "InstanceType", "SubnetId", "KeyName", "PrivateIpAddress", "SecurityGroupIds", "BlockDeviceMappings", "MetadataOptions", "EbsOptimized",
    "DisableApiTermination", "InstanceInitiatedShutdownBehavior", "CreditSpecification",
)


class Launch:
    """Stands where launch.py expects the answer to a RunInstances request."""

    def __init__(self, properties: dict[str, Any], account_id: str, region: str) -> None:
        from moto.ec2.models import ec2_backends
        from moto.utilities.utils import get_partition

        self.ec2_backend, self.current_account, self.partition = ec2_backends[account_id][region], account_id, get_partition(region)
        self.params: dict[str, Any] = {name: properties[name] for name in SAME if properties.get(name) is not None}
        if properties.get("IamInstanceProfile"):
            self.params["IamInstanceProfile"] = {"Name": properties["IamInstanceProfile"]}

    def _get_param(self, name: str, default: Any = None) -> Any:
        return self.params.get(name, default)


def as_moto(mapping: dict[str, Any]) -> dict[str, Any]:
    ebs = mapping["Ebs"]
    names = ("SnapshotId", "VolumeSize", "VolumeType", "Iops", "KmsKeyId")
    return {"DeviceName": mapping["DeviceName"], "VirtualName": None, "NoDevice": None, "Ebs": {
        **{name: ebs.get(name) for name in names}, "DeleteOnTermination": ebs.get("DeleteOnTermination", True), "Encrypted": bool(ebs.get("Encrypted"))}}


def create_instance(cls: Any, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str, **_more: Any) -> Any:
    from moto.ec2.utils import parse_user_data

    from .launch import complete, finish

    properties = cloudformation_json["Properties"]
    launch = Launch(properties, account_id, region_name)
    complete(launch)
    params, backend = launch.params, launch.ec2_backend
    reservation = backend.run_instances(
        params["ImageId"], 1, parse_user_data(properties.get("UserData")), [], region_name=region_name, instance_type=params.get("InstanceType", "m1.small"),
        is_instance_type_default=not params.get("InstanceType"), subnet_id=params.get("SubnetId"), key_name=params.get("KeyName"),
        private_ip=params.get("PrivateIpAddress"), security_group_ids=params.get("SecurityGroupIds", []), metadata_options=params["MetadataOptions"],
        ebs_optimized=params.get("EbsOptimized") or False, instance_initiated_shutdown_behavior=params.get("InstanceInitiatedShutdownBehavior"),
        monitoring_state="enabled" if properties.get("Monitoring") else "disabled",
        tags={"instance": {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}},
        block_device_mappings=[as_moto(mapping) for mapping in params["BlockDeviceMappings"]])
    instance = reservation.instances[0]
    if profile := params.get("IamInstanceProfile"):
        backend.associate_iam_instance_profile(instance_id=instance.id, iam_instance_profile_name=profile["Name"])
    finish(launch, instance, 0)
    return instance


def create_role(plain: Any) -> Any:
    def create(cls: Any, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str, **more: Any) -> Any:
        from moto.iam.models import iam_backends
        from moto.utilities.utils import get_partition

        role = plain(resource_name, cloudformation_json, account_id, region_name, **more)
        for arn in cloudformation_json["Properties"].get("ManagedPolicyArns", []):
            iam_backends[account_id][get_partition(region_name)].attach_role_policy(arn, role.name)
        for policy in cloudformation_json["Properties"].get("Policies", []):
            # A document is text to IAM; moto keeps the object, and hands it out as Python writes it.
            role.policies[policy["PolicyName"]] = json.dumps(policy["PolicyDocument"], default=str)
        return role

    return create


def delete_role(plain: Any) -> Any:
    def delete(cls: Any, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str) -> None:
        from moto.iam.models import iam_backends
        from moto.utilities.utils import get_partition

        backend = iam_backends[account_id][get_partition(region_name)]
        role = next((role for role in backend.roles.values() if role.name == resource_name), None)
        for arn in list(role.managed_policies) if role else []:
            backend.detach_role_policy(arn, resource_name)
        plain(resource_name, cloudformation_json, account_id, region_name)

    return delete


def apply(module: ModuleType) -> None:
    from moto.ec2.models.instances import Instance
    from moto.iam.models import Role

    Instance.create_from_cloudformation_json = classmethod(create_instance)  # type: ignore[assignment]
    Role.create_from_cloudformation_json = classmethod(create_role(Role.create_from_cloudformation_json))  # type: ignore[assignment]
    Role.delete_from_cloudformation_json = classmethod(delete_role(Role.delete_from_cloudformation_json))  # type: ignore[assignment]


WHEN = {"moto.cloudformation.models": apply}
