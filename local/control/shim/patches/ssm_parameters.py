"""Parameter store: makes its state storable, and leaves out the public parameters (constants, megabytes)."""
from __future__ import annotations

from collections import defaultdict
from types import ModuleType
from typing import Any

from .. import codec

PUBLIC = "/aws/service/"


def two_levels() -> "defaultdict[str, dict[str, str]]":
    """moto has a lambda here, which cannot be pickled."""
    return defaultdict(dict)


def make_parameters(cls: type, account: str, region: str, own: dict[str, Any]) -> Any:
    parameters = cls(account, region)
    dict.update(parameters, own)
    return parameters


def reduce_parameters(parameters: Any) -> Any:
    # Public parameters come back when somebody asks for one: the flags of a new dict say "not loaded".
    own = {name: versions for name, versions in dict.items(parameters) if not name.startswith(PUBLIC)}
    return make_parameters, (type(parameters), parameters.account_id, parameters.region_name, own)


def apply(module: ModuleType) -> None:
    backend = module.SimpleSystemManagerBackend
    initialize = backend.__init__

    def with_plain_tags(self: Any, region_name: str, account_id: str) -> None:
        initialize(self, region_name, account_id)
        self._resource_tags = defaultdict(two_levels)

    backend.__init__ = with_plain_tags
    codec.reducers[module.ParameterDict] = reduce_parameters


WHEN = {"moto.ssm.models": apply}
