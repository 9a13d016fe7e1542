"""AssumeRole: only roles that exist, only of this account. The trust policy is the gateway's affair."""
from __future__ import annotations

from types import ModuleType
from typing import Any
from xml.sax.saxutils import escape


def allowed(backend: Any, role_arn: str) -> bool:
    from moto.iam.models import iam_backends

    account = role_arn.split(":")[4] if role_arn.count(":") >= 5 else ""
    roles = iam_backends[backend.account_id][backend.partition].roles.values()
    return account == backend.account_id and role_arn in {role.arn for role in roles}


def denied(caller: str, role_arn: str) -> Any:
    # Not by an exception: moto answers every exception of STS with 400.
    text = escape(f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role_arn}")
    body = (f'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>'
            f"<Message>{text}</Message></Error><RequestId>local-target</RequestId></ErrorResponse>")
    return body, {"status": 403, "Content-Type": "text/xml"}


def apply(module: ModuleType) -> None:
    from moto.sts.responses import TokenResponse

    plain = TokenResponse.assume_role

    def assume_role(self: Any) -> Any:
        _user, caller, _account = self.backend.get_caller_identity(self.get_access_key(), self.region)
        role_arn = self._get_param("RoleArn") or ""
        return plain(self) if allowed(self.backend, role_arn) else denied(caller, role_arn)

    TokenResponse.assume_role = assume_role


WHEN = {"moto.sts.responses": apply}
