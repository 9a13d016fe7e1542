"""Switches of an account and region in EC2: block public access, defaults of the metadata service."""
from __future__ import annotations

from types import ModuleType
from typing import Any

from .ec2_common import fail, shelf

METADATA = ("HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "InstanceMetadataTags")


def switches(backend: Any) -> dict[str, Any]:
    return shelf(backend, "switches")


def _answer(value: dict[str, Any]) -> Any:
    from moto.core.responses import ActionResult

    return ActionResult(value)


def _setter(kind: str, parameter: str, allowed: tuple[str, ...]) -> Any:
    def set_state(self: Any) -> Any:
        self.error_on_dryrun()
        state = self._get_param(parameter)
        if state not in allowed:
            raise fail("InvalidParameterValue", f"Value ({state}) for parameter {parameter} is invalid.")
        switches(self.ec2_backend)[kind] = state
        return _answer({parameter: state})

    return set_state


def _clearer(kind: str, parameter: str) -> Any:
    def clear(self: Any) -> Any:
        self.error_on_dryrun()
        switches(self.ec2_backend)[kind] = "unblocked"
        return _answer({parameter: "unblocked"})

    return clear


def _getter(kind: str, parameter: str) -> Any:
    def get(self: Any) -> Any:
        self.error_on_dryrun()
        return _answer({parameter: switches(self.ec2_backend).get(kind, "unblocked"), "ManagedBy": "account"})

    return get


def get_instance_metadata_defaults(self: Any) -> Any:
    self.error_on_dryrun()
    values = switches(self.ec2_backend).get("metadata", {})
    return _answer({"AccountLevel": {**values, "ManagedBy": "account"} if values else {}})


def modify_instance_metadata_defaults(self: Any) -> Any:
    self.error_on_dryrun()
    values = dict(switches(self.ec2_backend).get("metadata", {}))
    for name in METADATA:
        value = self._get_param(name)
        if value in ("no-preference", -1, "-1"):
            values.pop(name, None)
        elif value is not None:
            values[name] = value
    switches(self.ec2_backend)["metadata"] = values
    return _answer({"Return": True})


OPERATIONS = {
    "enable_image_block_public_access": _setter("image", "ImageBlockPublicAccessState", ("block-new-sharing",)),
    "disable_image_block_public_access": _clearer("image", "ImageBlockPublicAccessState"),
    "get_image_block_public_access_state": _getter("image", "ImageBlockPublicAccessState"),
    "enable_snapshot_block_public_access": _setter("snapshot", "State", ("block-all-sharing", "block-new-sharing")),
    "disable_snapshot_block_public_access": _clearer("snapshot", "State"),
    "get_snapshot_block_public_access_state": _getter("snapshot", "State"),
    "get_instance_metadata_defaults": get_instance_metadata_defaults,
    "modify_instance_metadata_defaults": modify_instance_metadata_defaults,
}


def apply(module: ModuleType) -> None:
    for name, operation in OPERATIONS.items():
        setattr(module.EC2Response, name, operation)


WHEN = {"moto.ec2.responses": apply}
