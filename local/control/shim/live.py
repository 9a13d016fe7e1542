"""Which backends exist in this process, and how one that was stored comes back on first use.

moto makes a backend the first time somebody asks for (account, region). We stand at that door:
stored state is read there, lazily, because importing every service costs seconds.
"""
from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .say import EXIT_CORRUPT, Refusal, refuse

if TYPE_CHECKING:
    from .store import Store

Key = tuple[str, str, str]  # (service, account, region); service is moto's package name

_store: "Store | None" = None
_loaded: dict[Key, Any] = {}
_keys: dict[int, Key] = {}
_dicts: dict[str, Any] = {}
stored_payloads: set[str] = set()  # digests of S3 contents that are on disk
payload_reducers: dict[type, Callable[[Any, Any], Any]] = {}


def loaded() -> dict[Key, Any]:
    return _loaded


def key_of(backend: Any) -> Key | None:
    return _keys.get(id(backend))


def service_of(cls: type) -> str:
    return cls.__module__.split(".")[1]


def backend(service: str, account: str, region: str) -> Any:
    key = (service, account, region)
    if key not in _loaded:
        importlib.import_module(f"moto.{service}.models")
        _dicts[service][account][region]
    return _loaded[key]


def backend_dict(service: str) -> Any:
    return _dicts[service]


def _remember(key: Key, thing: Any) -> None:
    _loaded[key] = thing
    _keys[id(thing)] = key


def install(store: "Store") -> None:
    """Puts the door in place. To be called before any service of moto is imported."""
    global _store
    _store = store
    stored_payloads.update(store.payload_digests())
    from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend
    from moto.core.common_models import BaseModel

    make_dict = BackendDict.__init__
    make_backend = AccountSpecificBackend.__getitem__

    def remember_dict(self: Any, backend: type, *args: Any, **kwargs: Any) -> None:
        make_dict(self, backend, *args, **kwargs)
        _dicts[service_of(backend)] = self

    def open_door(self: Any, region: str) -> Any:
        region = "aws" if region == "global" else region
        if dict.__contains__(self, region):
            return dict.__getitem__(self, region)
        key = (service_of(self.backend), self.account_id, region)
        if (data := store.blob(key)) is not None:
            shell = self.backend.__new__(self.backend)
            BaseBackend.__init__(shell, region, self.account_id)  # only the names; moto's own would fill it
            dict.__setitem__(self, region, shell)
            _remember(key, shell)
            _fill(key, shell, data)
            return shell
        thing = make_backend(self, region)
        if isinstance(thing, BaseBackend):
            _remember(key, thing)
        return thing

    BackendDict.__init__ = remember_dict
    AccountSpecificBackend.__getitem__ = open_door
    # moto keeps every object ever made for its dashboard. Rolled back objects must be able to go.
    BaseModel.__new__ = lambda cls, *args, **kwargs: object.__new__(cls)  # type: ignore[method-assign,assignment]


def _fill(key: Key, shell: Any, data: bytes) -> None:
    from . import codec

    try:
        codec.load_into(key, shell, data)
    except Exception as error:  # whatever a foreign pickle may raise
        refuse(Refusal("corrupt", f"the stored state of {key[0]} in {key[2]} cannot be read: {error!r}. Nothing was deleted.", EXIT_CORRUPT))


def existing(service: str, account: str) -> dict[str, Any]:
    """Region -> backend: those in memory, and those that were stored and nobody has asked for yet."""
    assert _store is not None
    regions = {region for kind, owner, region in [*_loaded, *_store.digests] if (kind, owner) == (service, account)}
    return {region: backend(service, account, region) for region in sorted(regions)}


def touched(services: set[str] | None) -> list[Key]:
    """The loaded backends of these services (None: all), plus those that have never been stored."""
    assert _store is not None
    return [key for key in _loaded if services is None or key[0] in services or key not in _store.digests]


def roll_back() -> None:
    """Everything in memory goes back to what is on disk; rare, so it need not be clever."""
    assert _store is not None
    from .codec import borrowers

    for key in list(_loaded):
        if key not in _store.digests:
            thing = _loaded.pop(key)
            _keys.pop(id(thing), None)
            service, account, region = key
            dict.pop(_dicts[service][account], region, None)
    # Those that hold on to things of others come last, cloudformation after all.
    for key in sorted(_loaded, key=lambda k: (k[0] == "cloudformation", k[0] in borrowers)):
        data = _store.blob(key)
        assert data is not None
        _fill(key, _loaded[key], data)


def read_payload(digest: str) -> bytes:
    assert _store is not None
    return _store.payload(digest)
