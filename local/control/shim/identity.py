"""What IAM holds about the owner of an access key: every policy that has a say in what it may do.

Documents are texts as they were stored; the gateway reads and judges them. What a key is good for does not change
by itself, so the answer holds until somebody writes to IAM.
"""
from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from .principal import account

Policies = list[dict[str, str]]


def find_identity(access_key_id: str) -> dict[str, Any] | None:
    iam = iam_backends[account()]["aws"]
    session = sts_backends[account()]["aws"].get_assumed_role_from_access_key(access_key_id)
    if session:
        return _of_session(iam, session)
    key = iam.access_keys.get(access_key_id)
    user = iam.users.get(key.user_name) if key else None
    return _of_user(iam, user) if user else None


def _of_session(iam: Any, session: Any) -> dict[str, Any]:
    role = next((r for r in iam.roles.values() if r.arn == session.role_arn), None)
    return {
        "kind": "role",
        "arn": session.role_arn,
        "name": session.role_arn.rpartition("/")[2],
        "tags": {**_pairs(role.tags if role else []), **getattr(session, "session_tags", {})},
        # The role may have been deleted since: then nothing allows anything.
        "identity": _policies_of(role) if role else [],
        "boundary": _boundary(iam, role.permissions_boundary_arn if role else None),
        "session": [{"name": "session", "document": session.policy}] if session.policy else [],
        "sessionName": session.session_name,
        "issuedAt": getattr(session, "issued_at", None),
        "instance": getattr(session, "delivered_to", None),
    }


def _of_user(iam: Any, user: Any) -> dict[str, Any]:
    groups = [group for group in iam.groups.values() if user in group.users]
    return {
        "kind": "user",
        "arn": user.arn,
        "name": user.name,
        "tags": _pairs(iam.tagger.list_tags_for_resource(user.arn)["Tags"]),
        "identity": [policy for holder in (user, *groups) for policy in _policies_of(holder)],
        "boundary": _boundary(iam, getattr(user, "permissions_boundary_arn", None)),
        "session": [],
        "sessionName": None,
        "issuedAt": None,
        "instance": None,
    }


def _pairs(tags: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or []}


def _policies_of(holder: Any) -> Policies:
    inline = [{"name": name, "document": document} for name, document in holder.policies.items()]
    return inline + [{"name": policy.arn, "document": default_version(policy)} for policy in holder.managed_policies.values()]


def _boundary(iam: Any, arn: str | None) -> dict[str, str] | None:
    policy = iam.managed_policies.get(arn) if arn else None
    if arn and policy is None:
        return {"name": arn, "document": '{"Version":"2012-10-17","Statement":[]}'}  # a ceiling that is gone lets nothing through
    return {"name": arn, "document": default_version(policy)} if arn else None


def default_version(policy: Any) -> str:
    return next((version.document for version in policy.versions if version.version_id == policy.default_version_id), "")
