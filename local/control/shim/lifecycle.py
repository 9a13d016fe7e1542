"""When to stop: the parent is gone (stdin ends) or somebody sends SIGTERM.

Armed before moto is imported, because a parent can die while we are still starting.
"""
from __future__ import annotations

import os
import signal
import threading
from types import FrameType


class Stopped(BaseException):
    """Raised in the main thread while it is still starting; unwinds to the clean end."""


class Lifecycle:
    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._serving = False

    def arm(self) -> None:
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        threading.Thread(target=self._watch_parent, name="parent", daemon=True).start()

    def serve_until_stopped(self) -> None:
        """From here on a signal only sets the flag: requests in flight are finished first."""
        self._serving = True
        # A wait with a time limit lets the main thread run signal handlers on every platform.
        while not self.stopping.wait(0.5):
            pass

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()
        if not self._serving:
            raise Stopped

    @staticmethod
    def _watch_parent() -> None:
        try:
            while os.read(0, 4096):
                pass
        except OSError:
            pass
        os.kill(os.getpid(), signal.SIGTERM)
