"""Whether real machines stand behind the books. The gateway says so with each call.

With machines the states of instances and images are told to us, see `internal.py`. Without, everything
is done at once, as moto does it. Calls come one at a time, so one flag is enough.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

HEADER = "HTTP_X_LOCAL_GUESTS"

_here = False


def here() -> bool:
    return _here


@contextmanager
def said_by(environ: dict[str, Any]) -> Iterator[None]:
    global _here
    _here = environ.get(HEADER) == "1"
    try:
        yield
    finally:
        _here = False
