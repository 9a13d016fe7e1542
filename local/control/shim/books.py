"""Instances and images as the gateway wants to know them: local/guests/instance.ts is the shape of an instance."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import live
from .principal import account


def backends() -> dict[str, Any]:
    return live.existing("ec2", account())


def all_instances() -> Iterator[tuple[Any, Any]]:
    """(reservation, instance)"""
    for backend in backends().values():
        for reservation in backend.reservations.values():
            for instance in reservation.instances:
                yield reservation, instance


def find_instance(instance_id: str) -> Any | None:
    return next((i for _, i in all_instances() if i.id == instance_id), None)


def find_image(image_id: str) -> Any | None:
    return next((image for image in own_images() if image.id == image_id), None)


def own_images() -> list[Any]:
    return [image for backend in backends().values() for image in backend.amis.values() if image.owner_id == account()]


def list_instances(ids: list[str] | None) -> list[dict[str, Any]]:
    return [describe(r, i) for r, i in all_instances() if (i.id in ids if ids else i.state != "terminated")]


def list_images() -> list[dict[str, Any]]:
    return [{
        "imageId": image.id,
        "region": image.ec2_backend.region_name,
        "state": image.state,
        "name": image.name,
        "architecture": image.architecture,
        "sourceInstanceId": image.instance_id,
        "sourceImageId": getattr(image, "source_image_id", None),
        "sourceImageRegion": getattr(image, "source_image_region", None),
        "ownerId": image.owner_id,
        "snapshotIds": [m["Ebs"]["SnapshotId"] for m in image.mappings if m.get("Ebs", {}).get("SnapshotId")],
        "noReboot": bool(getattr(image, "no_reboot", False)),
    } for image in own_images()]


def describe(reservation: Any, instance: Any) -> dict[str, Any]:
    backend = instance.ec2_backend
    return {
        "instanceId": instance.id,
        "region": backend.region_name,
        "accountId": backend.account_id,
        "state": instance.state,
        "instanceType": instance.instance_type,
        "launchTime": f"{instance.launch_time:%Y-%m-%dT%H:%M:%S}.000Z",
        "launchIndex": instance.ami_launch_index,
        "reservationId": reservation.id,
        "shutdownBehavior": instance.instance_initiated_shutdown_behavior,
        "image": image_of(instance),
        "userData": str(instance.user_data) if instance.user_data and str(instance.user_data) else None,
        "metadata": metadata_of(instance),
        "tags": dict(backend.tags.get(instance.id, {})),
        "network": network_of(instance),
        "profile": profile_of(instance),
        "key": key_of(instance),
        "volumes": volumes_of(instance),
    }


def image_of(instance: Any) -> dict[str, Any]:
    image = instance.ec2_backend.amis.get(instance.image_id)
    return {
        "imageId": instance.image_id,
        "name": image.name if image else getattr(instance, "image_name", ""),
        "ownerId": image.owner_id if image else getattr(instance, "image_owner", instance.owner_id),
        "architecture": instance.architecture,
    }


def metadata_of(instance: Any) -> dict[str, Any]:
    options = instance.metadata_options
    return {
        "endpoint": options.http_endpoint,
        "tokens": options.http_tokens,
        "hopLimit": int(options.http_put_response_hop_limit),
        "instanceTags": options.instance_metadata_tags,
    }


def network_of(instance: Any) -> dict[str, Any]:
    nic = instance.nics[0]
    vpc = instance.ec2_backend.vpcs.get(nic.subnet.vpc_id)  # a terminated instance may outlive it
    return {
        "privateIp": nic.private_ip_address,
        "privateDnsName": instance.private_dns_name,
        "mac": nic.mac_address,
        "interfaceId": nic.id,
        "subnetId": nic.subnet.id,
        "subnetCidr": nic.subnet.cidr_block,
        "vpcId": nic.subnet.vpc_id,
        "vpcCidr": vpc.cidr_block if vpc else nic.subnet.cidr_block,
        "availabilityZone": nic.subnet.availability_zone,
        "availabilityZoneId": nic.subnet.availability_zone_id,
        "securityGroups": sorted(({"id": g.id, "name": g.name} for g in nic.group_set), key=lambda g: g["id"]),
    }


def current_profile(instance: Any) -> Any | None:
    """The one that IAM has now; it may have been made anew under its name."""
    association = instance.ec2_backend.iam_instance_profile_associations.get(instance.id)
    if association is None:
        return None
    iam = live.backend("iam", instance.ec2_backend.account_id, instance.ec2_backend.partition)
    arn = association.iam_instance_profile.arn
    return next((p for p in iam.instance_profiles.values() if p.arn == arn), association.iam_instance_profile)


def role_of(instance: Any) -> Any | None:
    profile = current_profile(instance)
    return next(iter(getattr(profile, "roles", None) or []), None)


def profile_of(instance: Any) -> dict[str, Any] | None:
    profile, role = current_profile(instance), role_of(instance)
    return {"arn": profile.arn, "id": profile.id, "roleName": role.name if role else None} if profile else None


def key_of(instance: Any) -> dict[str, Any] | None:
    pair = instance.ec2_backend.key_pairs.get(instance.key_name)
    return {"name": instance.key_name, "publicKey": pair.public_key.strip() if pair else None} if instance.key_name else None


def volumes_of(instance: Any) -> list[dict[str, Any]]:
    backend = instance.ec2_backend
    attached = [(device, block, backend.volumes[block.volume_id]) for device, block in instance.block_device_mapping.items()]
    return [{
        "volumeId": volume.id,
        "device": device,
        "root": device == instance.root_device_name,
        "sizeGiB": int(volume.size),
        "deleteOnTermination": str(block.delete_on_termination).lower() == "true",
        "snapshotId": volume.snapshot_id or None,
    } for device, block, volume in attached]
