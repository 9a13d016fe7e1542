"""With machines an image is `pending` until the gateway has made its content, and its snapshots with it."""
from __future__ import annotations

from types import ModuleType
from typing import Any

from .. import guests
from .ec2_common import fail

SNAPSHOT = {"pending": "pending", "available": "completed", "failed": "error"}
# All that there is content for, besides what was made here.
STOCK = "al2023-ami-"


def set_state(backend: Any, image: Any, state: str, reason: str | None = None) -> None:
    image.state = state
    image.state_reason = {"Code": "Server.InternalError", "Message": reason or "Server.InternalError"} if state == "failed" else None
    for snapshot in made_with(backend, image):
        snapshot.status = SNAPSHOT[state]


def made_with(backend: Any, image: Any) -> list[Any]:
    return [s for s in backend.snapshots.values() if s.from_ami == image.id]


def await_content(backend: Any, image: Any) -> None:
    if guests.here():
        set_state(backend, image, "pending")


def tell(backend: Any, image: Any, state: str, reason: str | None) -> bool:
    before = image.state, image.__dict__.get("state_reason")
    set_state(backend, image, state, reason)
    return before != (image.state, image.state_reason)


def check_launch(backend: Any, image: Any) -> None:
    if image.state != "available":
        raise fail("InvalidAMIID.Unavailable", f"The image ID '{image.id}' is {image.state} and cannot be launched")
    check_content(backend, image)


def check_content(backend: Any, image: Any) -> None:
    stock = image.owner_alias == "amazon" and (image.name or "").startswith(STOCK)
    if guests.here() and not stock and image.owner_id != backend.account_id:
        raise fail("UnsupportedOperation", (
            f"The local target has machines for Amazon Linux 2023 and images made from it only, not for {image.id} ({image.name or 'without a name'})"))


def check_source(instance: Any) -> None:
    """What has no disks, or none that are at rest, cannot be an image."""
    if instance.state not in ("running", "stopping", "stopped"):
        raise fail("IncorrectInstanceState", f"The instance '{instance.id}' is not in the 'running' or 'stopped' state.")


def apply(module: ModuleType) -> None:
    from moto.ec2.models.elastic_block_store import Snapshot

    Snapshot.progress = property(lambda self: "100%" if self.status == "completed" else "0%")


WHEN = {"moto.ec2.models": apply}
