"""The contents of S3 objects are written once, under their digest, and not with every dump of S3."""
from __future__ import annotations

import copyreg
from types import ModuleType
from typing import Any

from .. import codec, live
from ..store import digest_of


def reduce_key(key: Any, writer: Any) -> Any:
    """As moto's own __getstate__, but the content is read once in its life and not with every dump."""
    digest = key.__dict__.get("_digest")
    if digest is None or digest not in live.stored_payloads:
        value = b"" if key.disposed else key.value
        digest = key._digest = digest_of(value)
        writer.payloads[digest] = value
    writer.used_payloads.add(digest)
    state = {name: value for name, value in key.__dict__.items() if name not in ("_value_buffer", "lock")}
    state["value"] = PayloadRef(digest)
    return copyreg.__newobj__, (type(key),), state


class PayloadRef:
    """Written as a question to the store; what is read back are the bytes."""

    def __init__(self, digest: str):
        self.digest = digest

    def __reduce__(self) -> Any:
        return live.read_payload, (self.digest,)


def refill(cls: type, rows: dict[str, Any]) -> Any:
    store = cls()
    dict.update(store, rows)
    return store


def reduce_versions(store: Any) -> Any:
    """A dict whose items() shows the newest version only: pickled as it is, it forgets the others."""
    return refill, (type(store), dict(dict.items(store)))


def freeze(_backend: Any, state: dict[str, Any]) -> dict[str, Any]:
    state["_bucket_accounts"] = dict(live.backend_dict("s3").bucket_accounts)
    return state


def thaw(backend: Any, state: dict[str, Any]) -> dict[str, Any]:
    # A table beside the backends that says which account owns a bucket name.
    live.backend_dict("s3").bucket_accounts = state["_bucket_accounts"]
    del backend.__dict__["_bucket_accounts"]
    return {}


def apply(module: ModuleType) -> None:
    key = module.FakeKey
    read, write = key.value.fget, key.value.fset

    def forget_digest(self: Any, new_value: bytes) -> None:
        self.__dict__.pop("_digest", None)
        write(self, new_value)

    restore = key.__setstate__

    def keep_digest(self: Any, state: dict[str, Any]) -> None:
        restore(self, state)
        if "_digest" in state:
            self._digest = state["_digest"]

    key.value = property(read, forget_digest)
    key.__setstate__ = keep_digest
    live.payload_reducers[key] = reduce_key
    codec.reducers[module._VersionedKeyStore] = reduce_versions
    codec.freezers["s3"] = (freeze, thaw)


WHEN = {"moto.s3.models": apply}
