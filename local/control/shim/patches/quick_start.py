"""What moto does at import and we can have for less: 1.2 s of the start of EC2."""
from __future__ import annotations

import os
from types import ModuleType
from typing import Any

# Services whose endpoint prefix is their name: botocore would read the whole model of each
# (25 MB for EC2) only to learn that.
SAME_PREFIX = {"ec2", "ssm", "kms", "logs", "cloudformation", "sts", "iam", "s3", "autoscaling"}


def share_sessions() -> None:
    import boto3
    from botocore.session import Session as BotocoreSession

    shared = boto3.Session()
    plain = BotocoreSession.get_available_regions

    def get_available_regions(self: Any, service_name: str, partition_name: str = "aws", allow_non_regional: bool = False) -> Any:
        if service_name not in SAME_PREFIX:
            return plain(self, service_name, partition_name, allow_non_regional)
        resolver = self._get_internal_component("endpoint_resolver")
        return resolver.get_available_endpoints(service_name, partition_name, allow_non_regional)

    BotocoreSession.get_available_regions = get_available_regions  # type: ignore[method-assign]
    boto3.Session = lambda *args, **kwargs: boto3.session.Session(*args, **kwargs) if args or kwargs else shared  # type: ignore[misc,assignment]


def remember_methods() -> None:
    """moto looks through all methods of a service (800 for EC2) on every request."""
    from functools import lru_cache

    import moto.core.responses as responses

    responses.method_names_from_class = lru_cache(maxsize=None)(responses.method_names_from_class)


class Offerings(dict[str, Any]):
    """Region -> instance type offerings of one location type, read when a region is asked for."""

    def __init__(self, module: ModuleType, location_type: str):
        super().__init__()
        self._module, self._location_type = module, location_type

    def __missing__(self, region: str) -> Any:
        try:
            found = self._module.load_resource(self._module.__name__, f"{self._module.offerings_path}/{self._location_type}/{region}.json")
        except FileNotFoundError:
            raise KeyError(region)
        for offering in found:
            offering["LocationType"] = self._location_type
        self[region] = found
        return found

    def get(self, region: str, default: Any = None) -> Any:
        try:
            return self[region]
        except KeyError:
            return default


_listdir = os.listdir


def hide_offerings() -> None:
    """The module lists and reads 90 files while it is imported; for that moment there are none."""
    os.listdir = lambda path=".": [] if str(path).endswith("instance_type_offerings") else _listdir(path)  # type: ignore[assignment]


def make_offerings_lazy(module: ModuleType) -> None:
    os.listdir = _listdir
    module.listdir = _listdir
    for location_type in _listdir(module.root / module.offerings_path):
        module.INSTANCE_TYPE_OFFERINGS[location_type] = Offerings(module, location_type)


BEFORE = {"moto.ec2.models.instance_types": hide_offerings}
WHEN = {"moto.ec2.models.instance_types": make_offerings_lazy}
