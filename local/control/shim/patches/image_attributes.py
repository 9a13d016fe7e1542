"""What can be said about an image after it was made: description, IMDS, deprecation, protection, sharing."""
from __future__ import annotations

from datetime import timezone
from types import ModuleType
from typing import Any

from .ec2_common import fail
from .images import own_image
from .settings_of_account import switches


def _done(**more: Any) -> Any:
    from moto.core.responses import ActionResult

    return ActionResult({"Return": True, **more})


def enable_image_deprecation(self: Any) -> Any:
    self.error_on_dryrun()
    from botocore.utils import parse_timestamp
    from moto.core.utils import utcnow

    when = self._get_param("DeprecateAt")
    when = parse_timestamp(when) if isinstance(when, str) else when
    when = when.astimezone(timezone.utc).replace(tzinfo=None) if when.tzinfo else when
    if when < utcnow():
        raise fail("InvalidParameterValue", "The deprecation date must be in the future")
    # EC2 rounds to the minute.
    own_image(self.ec2_backend, self._get_param("ImageId")).deprecation_time = when.strftime("%Y-%m-%dT%H:%M:00.000Z")
    return _done()


def disable_image_deprecation(self: Any) -> Any:
    self.error_on_dryrun()
    own_image(self.ec2_backend, self._get_param("ImageId")).deprecation_time = None
    return _done()


def enable_image_deregistration_protection(self: Any) -> Any:
    self.error_on_dryrun()
    image = own_image(self.ec2_backend, self._get_param("ImageId"))
    image.deregistration_protection = "enabled-with-cooldown" if self._get_param("WithCooldown") else "enabled-without-cooldown"
    return _done(Return=image.deregistration_protection)


def disable_image_deregistration_protection(self: Any) -> Any:
    self.error_on_dryrun()
    image = own_image(self.ec2_backend, self._get_param("ImageId"))
    image.deregistration_protection = "disabled"
    return _done(Return="disabled")


def refuse_foreign_or_public(plain: Any) -> Any:
    """Around moto's ModifyImageAttribute, which knows launch permissions and nothing else."""

    def modify_image_attribute(self: Any) -> Any:
        image = own_image(self.ec2_backend, self._get_param("ImageId"))
        attribute, value = self._get_param("Attribute"), self._get_param("Value")
        given = {
            "description": value if attribute == "description" else (self._get_param("Description") or {}).get("Value"),
            "imds_support": value if attribute == "imdsSupport" else (self._get_param("ImdsSupport") or {}).get("Value"),
        }
        if given["imds_support"] not in (None, "v2.0"):
            raise fail("InvalidParameterValue", f"Value ({given['imds_support']}) for parameter imdsSupport is invalid.")
        blocked = switches(self.ec2_backend).get("image") == "block-new-sharing"
        if blocked and _asks_public(self):
            raise fail("OperationNotPermitted", f"You can't publicly share the image {image.id}: block public access for AMIs is enabled in this region")
        self.error_on_dryrun()
        for name, wanted in given.items():
            if wanted is not None:
                setattr(image, name, wanted)
        return plain(self)

    return modify_image_attribute


def _asks_public(response: Any) -> bool:
    groups = [p.get("Group") for p in (response._get_param("LaunchPermission") or {}).get("Add", [])]
    if response._get_param("OperationType") == "add":
        groups += response._get_param("UserGroups") or []
    return "all" in groups


def describe_image_attribute(plain: Any) -> Any:
    def describe(self: Any) -> Any:
        from moto.core.responses import ActionResult

        names = {"imdsSupport": ("ImdsSupport", "imds_support"), "deregistrationProtection": ("DeregistrationProtection", "deregistration_protection")}
        asked = self._get_param("Attribute")
        if asked not in names:
            return plain(self)
        image_id = self._get_param("ImageId")
        image = self.ec2_backend.describe_images(ami_ids=[image_id])[0]
        shown, attribute = names[asked]
        return ActionResult({"ImageId": image_id, shown: {"Value": getattr(image, attribute, None)}})

    return describe


OPERATIONS = (enable_image_deprecation, disable_image_deprecation, enable_image_deregistration_protection, disable_image_deregistration_protection)


def apply(module: ModuleType) -> None:
    for operation in OPERATIONS:
        setattr(module.EC2Response, operation.__name__, operation)
    amis = module.AmisResponse
    amis.modify_image_attribute = refuse_foreign_or_public(amis.modify_image_attribute)
    amis.describe_image_attribute = describe_image_attribute(amis.describe_image_attribute)


WHEN = {"moto.ec2.responses": apply}
