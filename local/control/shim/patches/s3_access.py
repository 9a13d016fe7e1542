"""Who may do what is decided in front of this process, with conditions. moto's own reading of bucket
policies ignores conditions: "deny without TLS" would deny everything. Access logs, which moto writes on
every read, are left out as well: a read must not change the state."""
from __future__ import annotations

from types import ModuleType
from typing import Any


def neutral(_bucket: Any, action: str, resource: str) -> Any:
    from moto.iam.access_control import PermissionResult

    return PermissionResult.NEUTRAL


def apply(module: ModuleType) -> None:
    module.FakeBucket.get_permission = neutral
    module.S3Backend.log_incoming_request = lambda self, request, bucket_name: None


WHEN = {"moto.s3.models": apply}
