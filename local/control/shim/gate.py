"""One call at a time: execute, commit, answer. The promise of the shim lives here.

- what a mutating call did is on disk before its answer leaves;
- a call whose effect could not be saved has had no effect;
- the same request id is executed once.
"""
from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.model import OperationNotFoundError

from . import app as moto_app
from . import codec, guests, live
from .errors import NOT_IMPLEMENTED, NOT_SAVED, Answer, error_answer
from .request import Call
from .say import story
from .store import Reply, Store

# Calls of moto that leave something behind when they fail: an instance of a refused launch would get a machine.
HALF_DONE = {("ec2", "RunInstances")}


class Gate:
    def __init__(self, store: Store):
        self.store = store
        self.lock = threading.RLock()
        self.app = moto_app.create_app()
        self.waiting = 0  # requests that stand at the gate; the warm-up lets them pass

    def pass_through(self, environ: dict[str, Any], call: Call) -> Answer:
        with self._turn(), guests.said_by(environ):
            return self._one(call, lambda: moto_app.run(self.app, environ))

    def perform(self, call: Call, work: Callable[[], Answer]) -> Answer:
        """The same promise for a change that is ours and not one of AWS."""
        with self._turn():
            return self._one(call, work)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self.waiting += 1
        try:
            with self.lock:
                yield
        finally:
            self.waiting -= 1

    def _one(self, call: Call, work: Callable[[], Answer]) -> Answer:
        # Only what changes something is kept; a read is done again instead of looked for.
        if call.mutating and call.id and (stored := self.store.reply(call.id)):
            return stored.status, [*json.loads(stored.headers), ("x-local-replayed", "1")], stored.body
        answer, sound = self._execute(call, work)
        if not sound and call.mutating:
            # Half of a change may have happened; the blobs on disk know the state before it.
            live.roll_back()
        try:
            self._persist(call, answer)
        except Exception as error:
            story(traceback.format_exc())
            live.roll_back()
            return error_answer(call, NOT_SAVED, "LocalStateNotSaved", f"the local target could not save its state: {error}")
        return answer

    def _execute(self, call: Call, work: Callable[[], Answer]) -> tuple[Answer, bool]:
        """The answer, and whether moto's state may be trusted after it."""
        try:
            status, headers, body = work()
        except (NotImplementedError, OperationNotFoundError) as error:
            story(f"{call.service}/{call.operation}: not implemented ({error})")
            return not_implemented(call), "action has not been implemented" in str(error)
        except Exception as error:
            story(f"{call.service}/{call.operation} broke inside moto\n{traceback.format_exc()}")
            return error_answer(call, 500, "InternalError", f"the local target failed in {call.operation}: {type(error).__name__}: {error}"), False
        if status >= 400 and is_page(body):
            story(f"{call.service}/{call.operation}: no route for {call.method} {call.path}")
            return not_implemented(call), True
        return (status, headers, body), status < 400 or (call.service, call.operation) not in HALF_DONE

    def _persist(self, call: Call, answer: Answer) -> None:
        keys = live.touched(call.touches if call.mutating else set())
        blobs, payloads = self.dump(keys)
        reply = None
        if call.mutating and call.id:
            status, headers, body = answer
            reply = Reply(call.id, status, json.dumps(headers), body)
        self.store.commit(blobs, payloads, reply)
        live.stored_payloads.update(payloads)

    def dump(self, keys: list[live.Key]) -> tuple[dict[live.Key, bytes], dict[str, bytes]]:
        blobs: dict[live.Key, bytes] = {}
        payloads: dict[str, bytes] = {}
        for key in keys:
            blobs[key], writer = codec.dump(key, live.loaded()[key])
            payloads.update(writer.payloads)
        return blobs, payloads

    def save_all(self, meta: list[tuple[str, str]] | None = None) -> None:
        with self.lock:
            blobs, payloads = self.dump(list(live.loaded()))
            self.store.commit(blobs, payloads, None, meta or [])
            live.stored_payloads.update(payloads)

    def drop_unused_payloads(self) -> None:
        """Contents of S3 objects that no object refers to any more; only worth it at the end."""
        keys = [key for key in live.loaded() if key[0] == "s3"]
        if not keys or any(key not in live.loaded() for key in self.store.digests if key[0] == "s3"):
            return
        used: set[str] = set()
        for key in keys:
            used |= codec.dump(key, live.loaded()[key])[1].used_payloads
        self.store.drop_payloads(self.store.payload_digests() - used)


def is_page(body: bytes) -> bool:
    """Flask's own page for a path without a route. The label says nothing: moto labels XML so,
    and the honest 404 without text that HEAD of a missing object gets."""
    return body[:15].lower() == b"<!doctype html>"


def not_implemented(call: Call) -> Answer:
    return error_answer(call, NOT_IMPLEMENTED, "UnsupportedOperation", f"{call.operation} is not implemented by the local target")
