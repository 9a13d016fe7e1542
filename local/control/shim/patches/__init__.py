"""The corrections over moto, one module per theme.

A theme says in WHEN after the import of which moto module which of its functions runs. Importing
everything to patch it would cost seconds at every start, so the import system calls us instead.
"""
from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from .expectations import MOTO_VERSION

__all__ = ["MOTO_VERSION", "arm"]

# moto module -> themes (modules of this package) that have something to say about it
THEMES: dict[str, list[str]] = {
    "moto.ec2.models.instance_types": ["quick_start"],
    "moto.iam.models": ["iam_constants"],
    "moto.ec2.models": ["stock_images", "launch", "instances", "instance_states", "instance_status", "image_states", "security_groups", "nat_gateways", "launch_templates"],
    "moto.ec2.responses": ["eice", "settings_of_account", "images", "image_attributes", "launch", "instances", "instance_states", "instance_status"],
    "moto.sts.responses": ["assume_role"],
    "moto.ssm.models": ["ssm_parameters"],
    "moto.s3.models": ["s3_payloads", "s3_access", "bucket_properties"],
    "moto.ssoadmin.responses": ["permission_sets"],
    "moto.events.models": ["event_targets"],
    "moto.kms.models": ["kms_keys"],
    "moto.cloudformation.models": ["stacks", "stack_machines", "stack_resources", "stack_changes", "change_sets"],
    "moto.cloudformation.responses": ["stacks", "templates", "stack_changes", "change_sets", "drift_calls"],
    "moto.route53resolver.models": ["dns_firewall"],
    "moto.route53resolver.responses": ["dns_firewall"],
}


class Watcher(PathFinder):
    """Finds the watched modules as usual, and runs our part after theirs."""

    @classmethod
    def find_spec(cls, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # type: ignore[override]
        if name not in THEMES:
            return None
        spec = super().find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            _extend(spec.loader, [importlib.import_module(f".{theme}", __name__) for theme in THEMES[name]])
        return spec


def _extend(loader: Any, themes: list[ModuleType]) -> None:
    original: Callable[[ModuleType], None] = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        from ..say import Refusal, refuse
        from ..selfcheck import check_package

        for theme in themes:
            getattr(theme, "BEFORE", {}).get(module.__name__, lambda: None)()
        original(module)
        try:
            check_package(module)
        except Refusal as refusal:
            refuse(refusal)
        for theme in themes:
            theme.WHEN[module.__name__](module)

    loader.exec_module = exec_module


def arm() -> None:
    from . import quick_start

    quick_start.share_sessions()
    quick_start.remember_methods()
    sys.meta_path.insert(0, Watcher)
    for name in THEMES:
        if name in sys.modules:
            raise RuntimeError(f"{name} was imported before the patches were armed")
