"""What the shim tells its parent: one JSON line on stdout. Stories go to stderr."""
from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

EXIT_CORRUPT = 65
EXIT_SELF_CHECK = 70
EXIT_LOCKED = 75
EXIT_VERSION = 78

_once = threading.Lock()


class Refusal(Exception):
    """The shim cannot start (or go on): an error word for programs, a detail for people."""

    def __init__(self, error: str, detail: str, exit_code: int):
        super().__init__(f"{error}: {detail}")
        self.error, self.detail, self.exit_code = error, detail, exit_code


def answer(message: dict[str, Any]) -> None:
    # os.write: one system call, so that the line is never torn nor left in a buffer.
    os.write(1, (json.dumps(message) + "\n").encode())


def story(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def refuse(refusal: Refusal) -> None:
    """Ends the process at once; for a thread that finds the state unusable after the start."""
    with _once:
        answer({"error": refusal.error, "detail": refusal.detail})
        os._exit(refusal.exit_code)
