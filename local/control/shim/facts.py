"""What the books say about a resource that a policy may ask for: tags, a policy of its own, a boundary, a role.

    GET /_shim/facts?arn=<arn>&arn=...  ->  {"facts": {"<arn>": {"tags": {...}, ...}}}

Only backends that exist are asked; what is unknown has no facts.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import live
from .identity import _pairs
from .principal import account

Facts = dict[str, Any]


def list_facts(arns: list[str]) -> dict[str, Facts]:
    return {arn: found for arn in arns if (found := _facts(arn))}


def _facts(arn: str) -> Facts | None:
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[2] not in KINDS:
        return None
    service, region, rest = parts[2], parts[3], parts[5]
    backends = live.existing(service, account())
    backend = backends.get("aws" if service in ("iam", "s3") else region)
    return KINDS[service](backend, rest) if backend is not None else None


def _ec2(backend: Any, rest: str) -> Facts | None:
    kind, _, name = rest.partition("/")
    if kind == "route-table-association":  # no resource of its own: what counts is the table
        table = next((t for t in backend.route_tables.values() if name in t.all_associations_ids), None)
        return {"arn": f"arn:aws:ec2:{backend.region_name}:{account()}:route-table/{table.id}", "tags": dict(backend.tags.get(table.id, {}))} if table else None
    if kind == "elastic-ip" and name.startswith("eipassoc-"):  # the call names the association, and means the address
        address = next((a for a in backend.addresses if a.association_id == name), None)
        return {"arn": f"arn:aws:ec2:{backend.region_name}:{account()}:elastic-ip/{address.id}", "tags": dict(backend.tags.get(address.id, {}))} if address else None
    facts: Facts = {"tags": dict(backend.tags.get(name, {}))}
    if kind == "instance":
        from . import books

        found = books.find_instance(name)
        profile = books.current_profile(found) if found else None
        facts["instanceProfile"] = profile.arn if profile else None
    return facts


def _iam(backend: Any, rest: str) -> Facts | None:
    kind, _, path = rest.partition("/")
    name = path.rpartition("/")[2]
    if kind == "role" and (role := next((r for r in backend.roles.values() if r.name == name), None)):
        return {"arn": role.arn, "tags": _pairs(role.tags), "boundary": role.permissions_boundary_arn, "policy": role.assume_role_policy_document}
    if kind == "user" and name in backend.users:
        return {"tags": _pairs(backend.tagger.list_tags_for_resource(backend.users[name].arn)["Tags"])}
    if kind == "instance-profile" and (profile := next((p for p in backend.instance_profiles.values() if p.name == name), None)):
        role = next(iter(profile.roles), None)
        return {"tags": _pairs(profile.tags), "role": role.arn if role else None}
    return None


def _s3(backend: Any, rest: str) -> Facts | None:
    bucket = backend.buckets.get(rest.partition("/")[0])
    if bucket is None:
        return None
    policy = bucket.policy.decode() if isinstance(bucket.policy, bytes) else bucket.policy
    return {"tags": {}, "policy": policy or None}  # tags of buckets count for buckets that opted in, and moto knows none


def _kms(backend: Any, rest: str) -> Facts | None:
    name = rest.partition("/")[2]
    key = backend.keys.get(name)
    return {"tags": {t["TagKey"]: t["TagValue"] for t in backend.tagger.list_tags_for_resource(name)["Tags"]}, "policy": key.policy} if key else None


def _ssm(backend: Any, rest: str) -> Facts | None:
    kind, _, name = rest.partition("/")
    if kind != "document":
        return None
    tags = backend.list_tags_for_resource("Document", name) if name in getattr(backend, "_documents", {}) else {}
    return {"tags": tags if isinstance(tags, dict) else _pairs(tags)}


def _logs(backend: Any, rest: str) -> Facts | None:
    name = rest.removeprefix("log-group:").partition(":")[0]
    group = backend.groups.get(name)
    return {"tags": backend.tagger.get_tag_dict_for_resource(group.arn)} if group else None


KINDS: dict[str, Callable[[Any, str], Facts | None]] = {"ec2": _ec2, "iam": _iam, "s3": _s3, "kms": _kms, "ssm": _ssm, "logs": _logs}
