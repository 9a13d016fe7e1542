"""How a backend becomes bytes and comes back.

A backend is one node of a graph that reaches every other backend, constant tables and S3 contents.
Only what belongs to it is written; the rest is written as a reference and found again when read:

- another backend        -> (service, account, region)
- a thing owned elsewhere -> the path to it (an instance profile that EC2 points at, the bucket of a stack)
- constants of moto      -> dropped before writing, rebuilt after reading (see `freezers`)
- the content of an S3 object -> its digest; the bytes have a table of their own
"""
from __future__ import annotations

import copyreg
import io
import pickle
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from . import live

SCALARS = (str, int, float, bool, type(None))

# service -> (state before writing, state after reading); registered by the patches that know the constants.
freezers: dict[str, tuple[Callable[[Any, dict[str, Any]], dict[str, Any]], Callable[[Any, dict[str, Any]], dict[str, Any]]]] = {}
# Extra reducers per class name, for classes that live in modules which may not be imported yet.
reducers: dict[type, Callable[[Any], Any]] = {}
# Services that hold on to things owned by other backends: of which service, in which attributes (None: anything).
borrowers: dict[str, dict[str, tuple[str, ...]] | None] = {"ec2": {"iam": ("instance_profiles",)}, "cloudformation": None}

Path = tuple[str, str, str, tuple[Any, ...]]


class Gone:
    """Stands for a thing whose owner has deleted it since; keeps its plain attributes."""


def find_backend(service: str, account: str, region: str) -> Any:
    return live.backend(service, account, region)


def find_owned(path: Path, remains: dict[str, Any]) -> Any:
    service, account, region, steps = path
    place: Any = live.backend(service, account, region).__dict__
    try:
        for step in steps:
            place = place[step]
        return place
    except (KeyError, IndexError):
        gone = Gone()
        gone.__dict__.update(remains)
        return gone


def owned_elsewhere(service: str) -> dict[int, Path]:
    """id of a thing -> where its owner keeps it (two levels deep is where moto keeps its resources)."""
    owners = borrowers[service]
    index: dict[int, Path] = {}
    for (owner, account, region), backend in live.loaded().items():
        if owner == service or (owners is not None and owner not in owners):
            continue
        for name, value in backend.__dict__.items():
            if isinstance(value, dict) and (owners is None or name in owners[owner]):
                for key, item in value.items():
                    _index(index, (owner, account, region), (name, key), item)
    return index


def _index(index: dict[int, Path], owner: tuple[str, str, str], steps: tuple[Any, ...], item: Any) -> None:
    if type(item) in (dict, OrderedDict, defaultdict):
        for inner, deep in item.items():
            if hasattr(deep, "__dict__"):
                index[id(deep)] = (*owner, (*steps, inner))
    elif hasattr(item, "__dict__"):
        index[id(item)] = (*owner, steps)


class Writer(pickle.Pickler):
    def __init__(self, out: io.BytesIO, key: live.Key):
        super().__init__(out, protocol=5)
        self.payloads: dict[str, bytes] = {}  # contents that are not on disk yet
        self.used_payloads: set[str] = set()
        self.dispatch_table = copyreg.dispatch_table.copy()
        self.dispatch_table.update(reducers)
        for other, backend in live.loaded().items():
            # By exact class, in C: a Python callback for every object would cost more than the dump.
            self.dispatch_table[type(backend)] = self._backend
        for kind, reduce in live.payload_reducers.items():
            self.dispatch_table[kind] = partial(_reduce_with, reduce, self)
        self.index = owned_elsewhere(key[0]) if key[0] in borrowers else {}
        if self.index:
            self.reducer_override = self._owned  # type: ignore[method-assign]

    @staticmethod
    def _backend(backend: Any) -> Any:
        key = live.key_of(backend)
        return (find_backend, key) if key else backend.__reduce_ex__(5)

    def _owned(self, thing: Any) -> Any:
        path = self.index.get(id(thing))
        if path is None or isinstance(thing, type):
            return NotImplemented
        remains = {k: v for k, v in thing.__dict__.items() if type(v) in SCALARS}
        return find_owned, (path, remains)


def _reduce_with(reduce: Callable[[Any, Any], Any], writer: "Writer", thing: Any) -> Any:
    return reduce(thing, writer)


def dump(key: live.Key, backend: Any) -> tuple[bytes, Writer]:
    state = dict(backend.__dict__)
    if key[0] in freezers:
        state = freezers[key[0]][0](backend, state)
    out = io.BytesIO()
    writer = Writer(out, key)
    writer.dump(state)
    return out.getvalue(), writer


def load_into(key: live.Key, backend: Any, data: bytes) -> None:
    """Fills the backend in place: everything that already points at it stays right."""
    state = pickle.loads(data)
    backend.__dict__.clear()
    # The plain names first: rebuilding constants needs region and account.
    backend.__dict__.update(state)
    if key[0] in freezers:
        rebuilt = freezers[key[0]][1](backend, state)
        backend.__dict__.update(rebuilt)
