"""The HTTP side: loopback, keep-alive, one thread per connection."""
from __future__ import annotations

import hmac
import os
import socket
import threading
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from . import internal
from .errors import Answer, error_answer
from .gate import Gate
from .lifecycle import Lifecycle
from .request import parse_call, read_body


TOKEN = "KIRO_SANDBOX_SHIM_TOKEN"
OURS = {"connection", "date", "server", "transfer-encoding"}
BODILESS = (204, 304)


class Handler(WSGIRequestHandler):
    """Werkzeug reads the request; the answer is written here, because Werkzeug closes the connection after each one."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        # Two small writes and a delayed acknowledgement would cost 40 ms per call. A socket file knows neither.
        self.disable_nagle_algorithm = self.server.address_family != socket.AF_UNIX
        super().setup()

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        status, headers, body = self.server.app.answer(environ)  # type: ignore[attr-defined]
        lines = [(name, value) for name, value in headers if name.lower() not in OURS]
        sized = any(name.lower() == "content-length" for name, _ in lines)
        if self.command == "HEAD":
            body = b""  # its length is that of the object, which the answer carries
        if self.command != "HEAD" or not sized:
            lines = [(name, value) for name, value in lines if name.lower() != "content-length"]
            if status not in BODILESS:
                lines.append(("Content-Length", str(len(body))))
        self.send_response(status)
        for name, value in lines:
            self.send_header(name, value)
        if self.server.app.lifecycle.stopping.is_set():  # type: ignore[attr-defined]
            self.send_header("Connection", "close")
            self.close_connection = True
        self._headers_buffer.append(b"\r\n" + body)  # type: ignore[attr-defined]
        self.flush_headers()

    def version_string(self) -> str:
        return "local-target"

    def log(self, *_args: Any) -> None:
        """The gateway keeps the journal; access lines here would only be noise."""


def permitted(environ: dict[str, Any]) -> bool:
    """Here no signatures are checked and secrets are told, and a port any process of the machine can reach."""
    token = os.environ.get(TOKEN, "")
    return token == "" or hmac.compare_digest(environ.get("HTTP_X_LOCAL_SHIM_TOKEN", "").encode(), token.encode())


class Front:
    """Our own questions, or a call for moto."""

    def __init__(self, gate: Gate, lifecycle: Lifecycle):
        self.gate, self.lifecycle = gate, lifecycle
        self._in_flight = 0
        self._idle = threading.Condition()

    def answer(self, environ: dict[str, Any]) -> Answer:
        with self._idle:
            self._in_flight += 1
        try:
            return self._answer(environ)
        finally:
            with self._idle:
                self._in_flight -= 1
                self._idle.notify_all()

    def _answer(self, environ: dict[str, Any]) -> Answer:
        body = read_body(environ)
        path = environ.get("PATH_INFO", "")
        if not permitted(environ):
            return error_answer(parse_call(environ, body), 403, "AccessDenied", "only the gateway of the local target may call this port")
        if path.startswith("/_shim/"):
            return internal.answer(self.gate, path, environ, body)
        call = parse_call(environ, body)
        if self.lifecycle.stopping.is_set():
            return error_answer(call, 503, "ServiceUnavailable", "the local target is stopping")
        if path.startswith("/moto-api"):
            # Its reset would empty the memory behind the back of the stored state.
            return error_answer(call, 501, "UnsupportedOperation", "/moto-api is closed in the local target")
        return self.gate.pass_through(environ, call)

    def drain(self, seconds: float) -> None:
        with self._idle:
            self._idle.wait_for(lambda: self._in_flight == 0, seconds)


def listen(front: Front, path: Path | None) -> BaseWSGIServer:
    """At a socket file of the owner alone, or at a port of loopback. Whoever is here holds the lock of the folder: a file is left over."""
    if path is not None:
        path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        server = make_server("127.0.0.1" if path is None else f"unix://{path}", 0, front, threaded=True, request_handler=Handler)
    finally:
        os.umask(before)
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.block_on_close = False  # type: ignore[attr-defined]
    return server
