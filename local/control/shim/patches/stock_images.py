"""Amazon's own images are constants: the same ids at every start, cheap to make, never stored.

moto makes a volume and a snapshot with random ids for each of about 100 images: 0.3 s and 700 KB per region.
"""
from __future__ import annotations

import hashlib
from datetime import datetime
from types import ModuleType
from typing import Any

from .. import codec

ROOT_GIB = 8
PUBLISHED = datetime(2026, 5, 1)  # moto does not know when most of them were


def stock_rows(models: Any, backend: Any) -> list[dict[str, Any]]:
    rows = list(models.AMIS)
    for path in ("latest_amis", "ecs/optimized_amis"):
        try:
            rows += models.load_resource(models.__name__, f"../resources/{path}/{backend.region_name}.json")
        except FileNotFoundError:
            pass  # a region newer than this moto
    return rows


def stable_id(prefix: str, text: str) -> str:
    return f"{prefix}-{hashlib.sha256(text.encode()).hexdigest()[:17]}"


def make_image(models: Any, backend: Any, row: dict[str, Any]) -> Any:
    """Like moto's constructor, without its detour over a volume in the user's account."""
    image = models.Ami.__new__(models.Ami)
    created = row.get("creation_date")
    image.__dict__.update(
        ec2_backend=backend, id=row["ami_id"], state=row.get("state", "available"), name=row.get("name"),
        image_type=row.get("image_type", "machine"), image_location=row.get("image_location"), owner_id=row.get("owner_id"),
        owner_alias="amazon", description=row.get("description"), virtualization_type=row.get("virtualization_type"),
        architecture=row.get("architecture"), kernel_id=None, platform=row.get("platform"), hypervisor=row.get("hypervisor"),
        root_device_name=row.get("root_device_name", "/dev/sda1"), root_device_type=row.get("root_device_type", "ebs"),
        sriov=row.get("sriov", "simple"), product_codes=set(), boot_mode=row.get("boot_mode", "uefi"), instance_id=None,
        creation_date=models.parse_timestamp(created) if isinstance(created, str) else created or PUBLISHED,
        launch_permissions=[{"Group": "all"}] if row.get("public") else [],
        imds_support="v2.0" if (row.get("name") or "").startswith("al2023") else None, ena_support=True, deprecation_time=None,
        deregistration_protection="disabled", tpm_support=None,
    )
    image.ebs_snapshot = make_snapshot(models, backend, image)
    image.mappings = [{"DeviceName": image.root_device_name, "Ebs": {
        "SnapshotId": image.ebs_snapshot.id, "VolumeSize": ROOT_GIB, "VolumeType": "gp3", "DeleteOnTermination": True, "Encrypted": False}}]
    return image


def make_snapshot(models: Any, backend: Any, image: Any) -> Any:
    from moto.ec2.models.elastic_block_store import Snapshot, Volume

    volume = Volume(backend, stable_id("vol", image.id), ROOT_GIB, None)
    snapshot = Snapshot(backend, stable_id("snap", image.id), volume, f"Auto-created snapshot for AMI {image.id}", False, None, image.owner_id, image.id)
    snapshot.start_time = image.creation_date
    return snapshot


# (account, region) -> images and snapshots; made once per process, also when a state is rolled back.
_stock: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]] = {}


def stock_of(backend: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    key = (backend.account_id, backend.region_name)
    images, snapshots = _stock.get(key, ({}, {}))
    if not images or next(iter(images.values())).ec2_backend is not backend:
        from moto.ec2.models import amis as models

        images = {row["ami_id"]: make_image(models, backend, row) for row in stock_rows(models, backend)}
        snapshots = {image.ebs_snapshot.id: image.ebs_snapshot for image in images.values()}
        _stock[key] = (images, snapshots)
    return images, snapshots


def add_stock(backend: Any) -> None:
    images, snapshots = stock_of(backend)
    backend.amis.update(images)
    backend.snapshots.update(snapshots)


def freeze(backend: Any, state: dict[str, Any]) -> dict[str, Any]:
    images, snapshots = stock_of(backend)
    state["amis"] = {k: v for k, v in backend.amis.items() if k not in images}
    state["snapshots"] = {k: v for k, v in backend.snapshots.items() if k not in snapshots}
    return state


def thaw(backend: Any, state: dict[str, Any]) -> dict[str, Any]:
    images, snapshots = stock_of(backend)
    return {"amis": {**images, **state["amis"]}, "snapshots": {**snapshots, **state["snapshots"]}}


def apply(module: ModuleType) -> None:
    from moto.ec2.models.amis import Ami, AmiBackend

    AmiBackend._load_amis = add_stock
    codec.freezers["ec2"] = (freeze, thaw)
    Ami.block_device_mappings = property(lambda self: self.mappings)


WHEN = {"moto.ec2.models": apply}
