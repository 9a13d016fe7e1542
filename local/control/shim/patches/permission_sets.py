"""IAM Identity Center: permissions boundaries and tags of permission sets, which moto does not know, and how far their
provisioning has come. moto keeps the sets and makes no roles of them."""
from __future__ import annotations

import json
from types import ModuleType
from typing import Any


def _asked(response: Any) -> tuple[dict[str, Any], Any]:
    asked = json.loads(response.body)
    arn = asked.get("PermissionSetArn") or asked.get("ResourceArn")
    return asked, response.ssoadmin_backend._find_permission_set(asked["InstanceArn"], arn)


def _missing(text: str) -> Exception:
    from moto.ssoadmin.exceptions import ResourceNotFoundException

    return ResourceNotFoundException(text)


def put_permissions_boundary_to_permission_set(self: Any) -> str:
    asked, found = _asked(self)
    found.permissions_boundary = asked["PermissionsBoundary"]
    return "{}"


def get_permissions_boundary_for_permission_set(self: Any) -> str:
    _, found = _asked(self)
    boundary = getattr(found, "permissions_boundary", None)
    if boundary is None:
        raise _missing("Permissions boundary not found")
    return json.dumps({"PermissionsBoundary": boundary})


def delete_permissions_boundary_from_permission_set(self: Any) -> str:
    _, found = _asked(self)
    if getattr(found, "permissions_boundary", None) is None:
        raise _missing("Permissions boundary not found")
    found.permissions_boundary = None
    return "{}"


def list_tags_for_resource(self: Any) -> str:
    _, found = _asked(self)
    return json.dumps({"Tags": found.tags or []})


def tag_resource(self: Any) -> str:
    asked, found = _asked(self)
    new = {tag["Key"] for tag in asked["Tags"]}
    found.tags = [*(tag for tag in found.tags or [] if tag["Key"] not in new), *asked["Tags"]]
    return "{}"


def untag_resource(self: Any) -> str:
    asked, found = _asked(self)
    found.tags = [tag for tag in found.tags or [] if tag["Key"] not in asked["TagKeys"]]
    return "{}"


def describe_permission_set_provisioning_status(self: Any) -> str:
    """It is done as soon as it is asked for."""
    asked = json.loads(self.body)
    return json.dumps({"PermissionSetProvisioningStatus": {"RequestId": asked["ProvisionPermissionSetRequestId"], "Status": "SUCCEEDED"}})


OPERATIONS = (
    put_permissions_boundary_to_permission_set,
    get_permissions_boundary_for_permission_set,
    delete_permissions_boundary_from_permission_set,
    list_tags_for_resource,
    tag_resource,
    untag_resource,
    describe_permission_set_provisioning_status,
)


def apply(module: ModuleType) -> None:
    for operation in OPERATIONS:
        setattr(module.SSOAdminResponse, operation.__name__, operation)


WHEN = {"moto.ssoadmin.responses": apply}
