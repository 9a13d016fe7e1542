"""What several EC2 themes need: errors, tags, paging, idempotency tokens."""
from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any


def fail(code: str, message: str) -> Exception:
    from moto.ec2.exceptions import EC2ClientError

    return EC2ClientError(code, message)


def shelf(backend: Any, name: str) -> dict[str, Any]:
    """A table of ours inside moto's backend, so that it is stored with it."""
    return backend.__dict__.setdefault(f"shim_{name}", {})


def tags_for(response: Any, resource_type: str) -> dict[str, str]:
    tags: dict[str, str] = {}
    for spec in response._get_param("TagSpecifications", []) or []:
        if spec.get("ResourceType") == resource_type:
            tags.update({tag["Key"]: tag.get("Value", "") for tag in spec.get("Tags", [])})
    return tags


def tag(backend: Any, resource_id: str, tags: dict[str, str]) -> None:
    if tags:
        backend.create_tags([resource_id], tags)


def tags_of(backend: Any, resource_id: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in backend.tags.get(resource_id, {}).items()]


def fingerprint(params: Any) -> str:
    """Of what was asked, without what may differ between two tries of the same call."""
    plain = params.original_dict() if hasattr(params, "original_dict") else dict(params)
    asked = {k: v for k, v in plain.items() if k not in ("ClientToken", "DryRun")}
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


def once(backend: Any, operation: str, token: str | None, asked: str, make: Callable[[], str]) -> str:
    """Makes a thing and returns its id; for a token that was used before, the id of that time."""
    if not token:
        return make()
    tokens = shelf(backend, "client_tokens")
    known = tokens.get((operation, token))
    if known is None:
        tokens[operation, token] = known = (asked, make())
    if known[0] != asked:
        raise fail("IdempotentParameterMismatch", f"The client token '{token}' was used before with different parameters.")
    return known[1]


def page(items: list[Any], response: Any, id_of: Callable[[Any], str]) -> tuple[list[Any], str | None]:
    size, token = response._get_param("MaxResults"), response._get_param("NextToken")
    start = 0
    if token:
        try:
            last = base64.urlsafe_b64decode(token.encode()).decode()
        except ValueError:
            raise fail("InvalidNextToken", "The token is not valid.")
        start = next((n + 1 for n, item in enumerate(items) if id_of(item) == last), len(items))
    if not size or start + int(size) >= len(items):
        return items[start:], None
    part = items[start : start + int(size)]
    return part, base64.urlsafe_b64encode(id_of(part[-1]).encode()).decode()


def matches(value: str | None, patterns: Iterable[str]) -> bool:
    from moto.core.utils import aws_api_matches

    return value is not None and any(aws_api_matches(pattern, value) for pattern in patterns)


def tag_filter(backend: Any, resource_id: str, name: str, wanted: list[str]) -> bool | None:
    """None when `name` is not a filter on tags."""
    tags = backend.tags.get(resource_id, {})
    if name.startswith("tag:"):
        return matches(tags.get(name[4:]), wanted)
    if name == "tag-key":
        return any(matches(key, wanted) for key in tags)
    if name == "tag-value":
        return any(matches(value, wanted) for value in tags.values())
    return None
