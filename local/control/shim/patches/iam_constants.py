"""About 1 480 AWS managed policies are constants: 3.4 MB that no dump has to carry."""
from __future__ import annotations

import hashlib
from types import ModuleType
from typing import Any

from .. import codec

# (account, partition) -> arn -> policy. One set per process: a rolled back backend uses the same objects again.
_constants: dict[tuple[str, str], dict[str, Any]] = {}


def find_policy(account: str, partition: str, arn: str) -> Any:
    return _constants_of(account, partition)[arn]


def _constants_of(account: str, partition: str) -> dict[str, Any]:
    if (account, partition) not in _constants:
        from .. import live

        _own_policies(live.backend("iam", account, partition))
    return _constants[account, partition]


def freeze(backend: Any, state: dict[str, Any]) -> dict[str, Any]:
    constants = _constants_of(backend.account_id, backend.partition)
    del state["aws_managed_policies"]
    state["managed_policies"] = {arn: p for arn, p in backend.managed_policies.items() if arn not in constants}
    state["_attached"] = {arn: p.attachment_count for arn, p in constants.items() if p.attachment_count}
    return state


def thaw(backend: Any, state: dict[str, Any]) -> dict[str, Any]:
    constants = _constants_of(backend.account_id, backend.partition)
    for policy in constants.values():
        policy.attachment_count = state["_attached"].get(policy.arn, 0)
    del backend.__dict__["_attached"]
    return {"aws_managed_policies": list(constants.values()), "managed_policies": {**constants, **state["managed_policies"]}}


def apply(module: ModuleType) -> None:
    global _make
    _make = module.IAMBackend._init_aws_policies
    module.IAMBackend._init_aws_policies = _own_policies
    codec.freezers["iam"] = (freeze, thaw)
    codec.reducers[module.AWSManagedPolicy] = lambda policy: (find_policy, (policy.account_id, policy.partition, policy.arn))


def _make(_backend: Any) -> list[Any]:
    raise RuntimeError("moto.iam.models is not patched yet")


def _own_policies(backend: Any) -> list[Any]:
    """Also called for a backend that is only a shell yet, with nothing but its names."""
    key = (backend.account_id, backend.partition)
    if key not in _constants:
        _constants[key] = {p.arn: p for p in _make(backend)}
        for policy in _constants[key].values():
            # moto draws the ids anew at every start.
            policy.id = "ANPA" + hashlib.sha256(policy.arn.encode()).hexdigest()[:17].upper()
    for policy in _constants[key].values():
        policy.attachment_count = 0
    return list(_constants[key].values())


WHEN = {"moto.iam.models": apply}
