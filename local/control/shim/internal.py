"""What the gateway asks and tells this process, apart from the calls of AWS. JSON both ways.

    GET  /_shim/health, /_shim/principal, /_shim/identity, /_shim/facts, /_shim/routes, /_shim/instances, /_shim/images,
         /_shim/tunnel
    POST /_shim/instance-state, /_shim/image-state, /_shim/role-credentials
"""
from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from . import books, facts, identity, principal, role_credentials, routes, tunnels
from .errors import Answer
from .gate import Gate
from .request import Call

Told = tuple[int, dict[str, Any]]  # HTTP status, body

STATES = ("pending", "running", "stopping", "stopped", "shutting-down", "terminated")
CHECKS = ("initializing", "ok", "impaired")


class Wrong(Exception):
    """The body does not say what it has to say."""


def answer(gate: Gate, path: str, environ: dict[str, Any], body: bytes) -> Answer:
    name, method = path.removeprefix("/_shim/"), environ["REQUEST_METHOD"]
    query = parse_qs(environ.get("QUERY_STRING", ""))
    if method == "GET" and name in READS:
        with gate.lock:
            return as_json(*READS[name](query))
    if method == "POST" and name in CHANGES:
        service, change = CHANGES[name]
        call = Call(service, name, environ.get("HTTP_X_LOCAL_REQUEST_ID"), True, "rest-json", "application/json", method, path)
        return gate.perform(call, lambda: _told(change, body))
    return as_json(404, {"error": f"no such path: {method} {path}"})


def as_json(status: int, value: Any) -> Answer:
    body = json.dumps(value).encode()
    return status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))], body


def _told(change: Callable[[dict[str, Any]], Told], body: bytes) -> Answer:
    try:
        asked = json.loads(body)
        if not isinstance(asked, dict):
            raise Wrong("the body must be a JSON object")
        return as_json(*change(asked))
    except (Wrong, json.JSONDecodeError) as error:
        return as_json(400, {"error": str(error)})


def _text(asked: dict[str, Any], name: str, allowed: tuple[str, ...] = (), required: bool = True) -> Any:
    value = asked.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or (allowed and value not in allowed):
        raise Wrong(f"{name} must be {' or '.join(allowed) or 'a string'}")
    return value


def _health(_query: dict[str, list[str]]) -> Told:
    return 200, {"ok": True}


def _principal(query: dict[str, list[str]]) -> Told:
    found = principal.find_principal(query.get("access_key_id", [""])[0])
    return (200, found) if found else (404, {"error": "unknown access key"})


def _identity(query: dict[str, list[str]]) -> Told:
    found = identity.find_identity(query.get("access_key_id", [""])[0])
    return (200, found) if found else (404, {"error": "unknown access key"})


def _facts(query: dict[str, list[str]]) -> Told:
    return 200, {"facts": facts.list_facts(query.get("arn", []))}


def _routes(query: dict[str, list[str]]) -> Told:
    return 200, {"routes": routes.list_routes(query.get("service", [""])[0])}


def _instances(query: dict[str, list[str]]) -> Told:
    return 200, {"instances": books.list_instances(query.get("id"))}


def _images(_query: dict[str, list[str]]) -> Told:
    return 200, {"images": books.list_images()}


def _tunnel(query: dict[str, list[str]]) -> Told:
    region, endpoint, address = (query.get(name, [""])[0] for name in ("region", "endpoint", "ip"))
    return 200, tunnels.find_tunnel(region, endpoint, address)


def _instance_state(asked: dict[str, Any]) -> Told:
    from .patches.instance_states import tell

    instance_id, state = _text(asked, "instanceId"), _text(asked, "state", STATES, required=False)
    status, reason = _text(asked, "status", CHECKS, required=False), asked.get("reason")
    if reason is not None and not isinstance(reason, dict):
        raise Wrong("reason must have a code and a message")
    why = (_text(reason, "code"), _text(reason, "message")) if reason else None
    expected = asked.get("from", list(STATES))
    if not isinstance(expected, list) or any(one not in STATES for one in expected):
        raise Wrong("from must be a list of states")
    found = books.find_instance(instance_id)
    if found is None:
        return 404, {"error": f"no such instance: {instance_id}"}
    if found.state not in expected:
        return 200, {"changed": False, "state": found.state}
    return 200, {"changed": tell(found, state, why, status), "state": found.state}


def _image_state(asked: dict[str, Any]) -> Told:
    from .patches.image_states import tell

    image_id, state, reason = _text(asked, "imageId"), _text(asked, "state", ("available", "failed")), _text(asked, "reason", required=False)
    found = books.find_image(image_id)
    if found is None:
        return 404, {"error": f"no such image: {image_id}"}
    return 200, {"changed": tell(found.ec2_backend, found, state, reason)}


def _role_credentials(asked: dict[str, Any]) -> Told:
    instance_id = _text(asked, "instanceId")
    found = books.find_instance(instance_id)
    if found is None:
        return 404, {"error": f"no such instance: {instance_id}"}
    role = books.role_of(found)
    if found.state == "terminated" or role is None:
        return 404, {"error": f"{instance_id} is terminated" if found.state == "terminated" else f"{instance_id} has no instance profile with a role"}
    return 200, role_credentials.make(found, role)


READS: dict[str, Callable[[dict[str, list[str]]], Told]] = {
    "health": _health, "principal": _principal, "identity": _identity, "facts": _facts, "routes": _routes, "instances": _instances, "images": _images,
    "tunnel": _tunnel,
}
# The service says which books a change touches, see `request.TOUCHES`.
CHANGES: dict[str, tuple[str, Callable[[dict[str, Any]], Told]]] = {
    "instance-state": ("ec2", _instance_state), "image-state": ("ec2", _image_state), "role-credentials": ("sts", _role_credentials),
}
