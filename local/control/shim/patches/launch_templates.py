"""Launch templates: the tags of the template itself are not part of what it launches.

moto puts them into the template's data, which Terraform sees as a change at every plan.
"""
from __future__ import annotations

from types import ModuleType
from typing import Any


def tidy(data: Any) -> None:
    # "No user data" must not become an empty user data: Terraform sees a difference.
    if not str(data.get("UserData") or ""):
        data.pop("UserData", None)
    specs = [s for s in data.get("TagSpecifications") or [] if s.get("ResourceType") != "launch-template"]
    if specs:
        data["TagSpecifications"] = specs
    else:
        data.pop("TagSpecifications", None)


def apply(module: ModuleType) -> None:
    from moto.ec2.models.launch_templates import LaunchTemplate

    plain = LaunchTemplate.create_version

    def create_version(self: Any, data: dict[str, Any], description: str) -> Any:
        tidy(data)
        return plain(self, data, description)

    LaunchTemplate.create_version = create_version
    # moto takes the tags once and never looks again.
    LaunchTemplate.tags = property(lambda self: self.get_tags(), lambda self, value: None)


WHEN = {"moto.ec2.models": apply}
