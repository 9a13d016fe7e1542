"""How images come and go: CreateImage, RegisterImage, CopyImage, DeregisterImage.

moto's images have a fixed root (15 GiB, "standard", unencrypted). Here an image is what its
snapshots are: device names, sizes, types and encryption travel from instance to image to instance.
"""
from __future__ import annotations

import copy
from types import ModuleType
from typing import Any

from .ec2_common import fail, fingerprint, once, tag, tags_for
from .image_states import await_content, check_content, check_source

CARRIED = ("VolumeSize", "VolumeType", "Iops", "Throughput", "DeleteOnTermination")


def new_image(backend: Any, name: str, description: str, root: str, **attributes: Any) -> Any:
    from moto.core.utils import utcnow
    from moto.ec2.models.amis import Ami
    from moto.ec2.utils import random_ami_id

    check_name(backend, name)
    image = Ami.__new__(Ami)
    image.__dict__.update(
        ec2_backend=backend, id=random_ami_id(), state="available", name=name, description=description or "", owner_id=backend.account_id,
        owner_alias=None, image_type="machine", image_location=f"{backend.account_id}/{name}", virtualization_type="hvm", architecture="x86_64",
        kernel_id=None, platform=None, hypervisor="xen", root_device_name=root, root_device_type="ebs", sriov="simple", product_codes=set(),
        boot_mode=None, instance_id=None, creation_date=utcnow(), launch_permissions=[], mappings=[], ebs_snapshot=None, state_reason=None, no_reboot=False,
        imds_support=None, ena_support=True, tpm_support=None, deprecation_time=None, deregistration_protection="disabled",
    )
    image.__dict__.update({k: v for k, v in attributes.items() if v is not None})
    return image


def check_name(backend: Any, name: str | None) -> None:
    if not name:
        raise fail("MissingParameter", "The request must contain the parameter name")
    for image in backend.amis.values():
        if image.name == name and image.owner_id == backend.account_id:
            raise fail("InvalidAMIName.Duplicate", f"AMI name {name} is already in use by AMI {image.id}")


def own_image(backend: Any, image_id: str) -> Any:
    image = backend.describe_images(ami_ids=[image_id])
    if not image:
        raise fail("InvalidAMIID.Unavailable", f"The image ID '{image_id}' is no longer available")
    if image[0].owner_id != backend.account_id:
        raise fail("AuthFailure", f"Not authorized for image:{image_id}")
    return image[0]


def snapshot_volume(backend: Any, volume: Any, text: str, image_id: str, tags: dict[str, str]) -> Any:
    snapshot = backend.create_snapshot(volume.id, text, None, image_id)
    # moto's snapshot looks at the living volume; a later resize must not change the past.
    snapshot.volume = copy.copy(volume)
    snapshot.volume.attachment = None
    snapshot.kms_key_id = volume.kms_key_id
    tag(backend, snapshot.id, tags)
    return snapshot


def mapping_of(device: str, snapshot: Any, ebs: dict[str, Any]) -> dict[str, Any]:
    kept = {k: ebs[k] for k in CARRIED if ebs.get(k) is not None}
    return {"DeviceName": device, "Ebs": {"SnapshotId": snapshot.id, "Encrypted": snapshot.encrypted, "VolumeType": "gp2",
                                          "DeleteOnTermination": True, "VolumeSize": snapshot.volume.size, **kept}}


def set_root_snapshot(backend: Any, image: Any) -> None:
    root = next((m for m in image.mappings if m["DeviceName"] == image.root_device_name), None)
    image.ebs_snapshot = backend.snapshots.get(root["Ebs"].get("SnapshotId")) if root else None


def create_image(self: Any) -> Any:
    from moto.core.responses import ActionResult

    backend, instance_id = self.ec2_backend, self._get_param("InstanceId")
    instance = backend.get_instance(instance_id)
    check_source(instance)
    source = backend.amis.get(instance.image_id)
    image = new_image(
        backend, self._get_param("Name"), self._get_param("Description"), instance.root_device_name, instance_id=instance_id,
        architecture=instance.architecture, platform=instance.platform, virtualization_type=instance.virtualization_type,
        boot_mode=getattr(source, "boot_mode", None), imds_support=getattr(source, "imds_support", None), source_image_id=instance.image_id,
        source_image_region=backend.region_name, no_reboot=bool(self._get_param("NoReboot", False)))
    check_tag_types(self, {"image", "snapshot"})
    self.error_on_dryrun()
    overrides = {m["DeviceName"]: m for m in self._get_param("BlockDeviceMappings", []) or []}
    for device, attached in instance.block_device_mapping.items():
        override = overrides.get(device, {})
        if "NoDevice" in override:
            continue
        volume = backend.get_volume(attached.volume_id)
        snapshot = snapshot_volume(backend, volume, f"Created by CreateImage({instance_id}) for {image.id}", image.id, tags_for(self, "snapshot"))
        ebs = {"VolumeSize": volume.size, "VolumeType": volume.volume_type, "Iops": volume.iops, "Throughput": volume.throughput,
               "DeleteOnTermination": attached.delete_on_termination, **override.get("Ebs", {})}
        image.mappings.append(mapping_of(device, snapshot, ebs))
    await_content(backend, image)
    return ActionResult({"ImageId": keep(backend, image, tags_for(self, "image"))})


def keep(backend: Any, image: Any, tags: dict[str, str]) -> str:
    set_root_snapshot(backend, image)
    backend.amis[image.id] = image
    tag(backend, image.id, tags)
    return image.id


def check_tag_types(response: Any, allowed: set[str]) -> None:
    for spec in response._get_param("TagSpecifications", []) or []:
        if spec.get("ResourceType") not in allowed:
            raise fail("InvalidParameterValue", f"'{spec.get('ResourceType')}' is not a valid taggable resource type for this operation.")


def register_image(self: Any) -> Any:
    from moto.core.responses import ActionResult

    backend = self.ec2_backend
    asked = self._get_param("BlockDeviceMappings", []) or []
    root = self._get_param("RootDeviceName") or (asked[0]["DeviceName"] if asked else "/dev/sda1")
    image = new_image(
        backend, self._get_param("Name"), self._get_param("Description"), root, architecture=self._get_param("Architecture") or "i386",
        virtualization_type=self._get_param("VirtualizationType") or "paravirtual", boot_mode=self._get_param("BootMode"),
        imds_support=self._get_param("ImdsSupport"), ena_support=self._get_param("EnaSupport", False), tpm_support=self._get_param("TpmSupport"),
        kernel_id=self._get_param("KernelId"))
    check_tag_types(self, {"image"})
    self.error_on_dryrun()
    for mapping in asked:
        ebs = mapping.get("Ebs")
        if ebs and ebs.get("SnapshotId"):
            image.mappings.append(mapping_of(mapping["DeviceName"], backend.get_snapshot(ebs["SnapshotId"]), ebs))
        else:
            image.mappings.append(mapping)
    return ActionResult({"ImageId": keep(backend, image, tags_for(self, "image"))})


def copy_image(self: Any) -> Any:
    from moto.core.responses import ActionResult

    self.error_on_dryrun()
    made = once(self.ec2_backend, "CopyImage", self._get_param("ClientToken"), fingerprint(self.params), lambda: make_copy(self))
    return ActionResult({"ImageId": made})


def make_copy(self: Any) -> str:
    from moto.ec2.models import ec2_backends

    backend, region = self.ec2_backend, self._get_param("SourceRegion") or self.region
    origin = ec2_backends[backend.account_id][region]
    source = (origin.describe_images(ami_ids=[self._get_param("SourceImageId")]) or [None])[0]
    if source is None:
        raise fail("InvalidAMIID.Unavailable", f"The image ID '{self._get_param('SourceImageId')}' is no longer available")
    if source.state != "available":
        raise fail("InvalidAMIID.Unavailable", f"The image ID '{source.id}' is {source.state} and cannot be copied")
    check_content(backend, source)
    kept = {k: getattr(source, k, None) for k in ("architecture", "platform", "virtualization_type", "boot_mode", "imds_support", "ena_support", "tpm_support", "kernel_id")}
    image = new_image(backend, self._get_param("Name") or source.name, self._get_param("Description") or source.description or "",
                      source.root_device_name, source_image_id=source.id, source_image_region=region, **kept)
    check_tag_types(self, {"image", "snapshot"})
    key, encrypt = self._get_param("KmsKeyId"), bool(self._get_param("Encrypted", False))
    if key and not encrypt:
        raise fail("InvalidParameterDependency", "The parameter KmsKeyId requires the parameter Encrypted to be set.")
    key = key_arn(backend, key)
    for mapping in source.mappings:
        ebs = mapping.get("Ebs", {})
        if not ebs.get("SnapshotId"):
            image.mappings.append(mapping)
            continue
        old = origin.get_snapshot(ebs["SnapshotId"])
        encrypted = encrypt or old.encrypted or backend.ebs_encryption_by_default
        # A volume for a moment, as moto's own images do it: it brings the default key and the id.
        volume = backend.create_volume(old.volume.size, f"{backend.region_name}a", encrypted=encrypted, kms_key_id=key if encrypted else None)
        snapshot = snapshot_volume(backend, volume, f"Copied for DestinationAmi {image.id} from SourceAmi {source.id} for SourceSnapshot {old.id}.", image.id, tags_for(self, "snapshot"))
        backend.delete_volume(volume.id)
        image.mappings.append(mapping_of(mapping["DeviceName"], snapshot, ebs))
    await_content(backend, image)
    tags = {k: v for k, v in origin.tags.get(source.id, {}).items() if not k.startswith("aws:")} if self._get_param("CopyImageTags") else {}
    return keep(backend, image, {**tags, **tags_for(self, "image")})


def key_arn(backend: Any, key: str | None) -> str | None:
    """A key may be named by its id or an alias; EC2 shows it by its ARN."""
    if not key:
        return None
    from moto.kms import kms_backends

    keys = kms_backends[backend.account_id][backend.region_name]
    name = keys.get_alias_name(key)
    known = keys.get_key_id_from_alias(name) if name.startswith("alias/") else keys.get_key_id(key)
    if known is None or keys.get_key_id(known) not in keys.keys:
        raise fail("InvalidKMSKey.InvalidState", f"The KMS key {key} does not exist")
    return keys.keys[keys.get_key_id(known)].arn


def deregister_image(self: Any) -> Any:
    from moto.core.responses import ActionResult

    backend = self.ec2_backend
    image = own_image(backend, self._get_param("ImageId"))
    if getattr(image, "deregistration_protection", "disabled") != "disabled":
        raise fail("OperationNotPermitted", f"The image {image.id} cannot be deregistered because deregistration protection is enabled")
    self.error_on_dryrun()
    backend.deregister_image(image.id)
    backend.tags.pop(image.id, None)
    results = []
    if self._get_param("DeleteAssociatedSnapshots"):
        for snapshot_id in [m["Ebs"]["SnapshotId"] for m in image.mappings if m.get("Ebs", {}).get("SnapshotId")]:
            used = any(snapshot_id == m.get("Ebs", {}).get("SnapshotId") for other in backend.amis.values() for m in other.mappings)
            if not used:
                backend.snapshots.pop(snapshot_id, None)
                backend.tags.pop(snapshot_id, None)
            results.append({"SnapshotId": snapshot_id, "ReturnCode": "skipped" if used else "success"})
    return ActionResult({"Return": True, "DeleteSnapshotResults": results})


def apply(module: ModuleType) -> None:
    for operation in (create_image, register_image, copy_image, deregister_image):
        setattr(module.AmisResponse, operation.__name__, operation)


WHEN = {"moto.ec2.responses": apply}
