"""AssumeRole: only roles that exist, only of this account. The trust policy is the gateway's affair."""
from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any
from xml.sax.saxutils import escape


def allowed(backend: Any, role_arn: str) -> bool:
    from moto.iam.models import iam_backends

    account = role_arn.split(":")[4] if role_arn.count(":") >= 5 else ""
    roles = iam_backends[backend.account_id][backend.partition].roles.values()
    return account == backend.account_id and role_arn in {role.arn for role in roles}


# So long after its end a session is still known, and a call with it is told that it has expired.
GRACE = timedelta(hours=1)


def drop_expired(backend: Any) -> None:
    """moto keeps every session for ever, as a session and as an access key."""
    from moto.core.utils import utcnow
    from moto.iam.models import iam_backends

    keys, old = iam_backends[backend.account_id][backend.partition].access_keys, utcnow() - GRACE
    for session in [s for s in backend.assumed_roles if s.expiration < old]:
        backend.assumed_roles.remove(session)
        keys.pop(session.access_key_id, None)


def denied(caller: str, role_arn: str) -> Any:
    # Not by an exception: moto answers every exception of STS with 400.
    text = escape(f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role_arn}")
    body = (f'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>'
            f"<Message>{text}</Message></Error><RequestId>local-target</RequestId></ErrorResponse>")
    return body, {"status": 403, "Content-Type": "text/xml"}


def apply(module: ModuleType) -> None:
    from moto.core.utils import utcnow
    from moto.sts.responses import TokenResponse

    plain = TokenResponse.assume_role

    def assume_role(self: Any) -> Any:
        _user, caller, _account = self.backend.get_caller_identity(self.get_access_key(), self.region)
        role_arn = self._get_param("RoleArn") or ""
        if not allowed(self.backend, role_arn):
            return denied(caller, role_arn)
        drop_expired(self.backend)
        answer = plain(self)
        session = self.backend.assumed_roles[-1]
        session.issued_at = f"{utcnow():%Y-%m-%dT%H:%M:%SZ}"
        session.session_tags = {tag["Key"]: tag.get("Value", "") for tag in self._get_param("Tags") or []}
        return answer

    TokenResponse.assume_role = assume_role


WHEN = {"moto.sts.responses": apply}
