"""moto's own request handling as one WSGI application, without the parts that cost or confuse.

Same routes as `create_backend_app` of moto's server, but no backend is made only to read its routes
(for EC2 that would be a second region with a default VPC nobody asked for).
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import moto.backends as backends
from flask import Flask
from moto.core.base_backend import BackendDict
from moto.core.utils import convert_to_flask_response
from moto.moto_server.utilities import RegexConverter, decompress_request_body
from moto.moto_server.werkzeug_app import HTTP_METHODS, DomainDispatcherApplication
from moto.settings import MAX_FORM_MEMORY_SIZE
from werkzeug.routing import Map


def create_service_app(service: Any) -> Flask:
    if service is None:
        raise NotImplementedError("action has not been implemented: moto has no such service")
    app = Flask("moto", static_folder=None)
    app.service = service  # type: ignore[attr-defined]
    app.debug = True  # exceptions come to us instead of becoming a page of HTML
    app.before_request(decompress_request_body)
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_FORM_MEMORY_SIZE
    app.view_functions = {}
    app.url_map = Map()
    app.url_map.converters["regex"] = RegexConverter
    held = backends.get_backend(service)
    unborn = held.backend.__new__(held.backend) if isinstance(held, BackendDict) else held["global"]
    for number, (path, handler) in enumerate(unborn.flask_paths.items()):
        if path:
            app.add_url_rule(path, endpoint=f"{service}-{number}", methods=HTTP_METHODS,
                             view_func=convert_to_flask_response(handler), strict_slashes=False)
    return app


def create_app() -> Any:
    return DomainDispatcherApplication(create_service_app)


def run(app: Any, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    """Calls the application to its end and returns the whole answer."""
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc: Any = None) -> Any:
        started[:] = [int(status.split(" ", 1)[0]), headers]
        return lambda data: None

    chunks: Iterable[bytes] = app(environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()
    return started[0], list(started[1]), body
