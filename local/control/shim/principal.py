"""Who an access key belongs to. The gateway verifies signatures and needs the secret for it."""
from __future__ import annotations

import os
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

OPERATOR = "local-operator"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def account() -> str:
    # moto.core's constant ignores the variable; requests go by the variable.
    return os.environ["MOTO_ACCOUNT_ID"]


def find_principal(access_key_id: str) -> dict[str, Any] | None:
    iam = iam_backends[account()]["aws"]
    session = sts_backends[account()]["aws"].get_assumed_role_from_access_key(access_key_id)
    if session:
        return {
            "accessKeyId": session.access_key_id,
            "secretAccessKey": session.secret_access_key,
            "sessionToken": session.session_token,
            "arn": session.arn,
            "userId": session.user_id,
            "accountId": session.account_id,
            "expiration": session.expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    key = iam.access_keys.get(access_key_id)
    if key is None or key.user_name not in iam.users:
        return None
    return _user_key(iam.users[key.user_name], key) if key.status == "Active" else None


def _user_key(user: Any, key: Any) -> dict[str, Any]:
    return {
        "accessKeyId": key.access_key_id,
        "secretAccessKey": key.secret_access_key,
        "sessionToken": None,
        "arn": user.arn,
        "userId": user.id,
        "accountId": user.account_id,
        "expiration": None,
    }


def ensure_operator() -> dict[str, str]:
    """The first identity of the account, as a person with an AWS account has one; made once."""
    iam = iam_backends[account()]["aws"]
    if OPERATOR not in iam.users:
        iam.create_user("us-east-1", OPERATOR)
        iam.attach_user_policy(ADMINISTRATOR, OPERATOR)
    user = iam.users[OPERATOR]
    key = next((k for k in user.access_keys if k.status == "Active"), None) or iam.create_access_key(OPERATOR)
    return {"userName": OPERATOR, "arn": user.arn, "accessKeyId": key.access_key_id, "secretAccessKey": key.secret_access_key}
