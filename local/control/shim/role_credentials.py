"""The credentials of an instance: a session of the role in its profile, named after the instance."""
from __future__ import annotations

from typing import Any

from .patches.assume_role import drop_expired
from .principal import account

SECONDS = 6 * 3600


def make(instance: Any, role: Any) -> dict[str, Any]:
    from moto.core.utils import utcnow
    from moto.sts.models import sts_backends

    sts = sts_backends[account()]["aws"]
    drop_expired(sts)
    session = sts.assume_role(
        region_name=instance.ec2_backend.region_name, role_session_name=instance.id, role_arn=role.arn, policy=None, duration=SECONDS, external_id=None)
    nic = instance.nics[0]
    # What the credentials say of their machine wherever they are used; the hand-out is by IMDSv2 alone.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-ec2-instance-source-vpc
    session.delivered_to = {
        "arn": f"arn:aws:ec2:{instance.ec2_backend.region_name}:{account()}:instance/{instance.id}",
        "vpcId": nic.subnet.vpc_id,
        "privateIp": nic.private_ip_address,
    }
    session.issued_at = f"{utcnow():%Y-%m-%dT%H:%M:%SZ}"
    return {
        "accessKeyId": session.access_key_id,
        "secretAccessKey": session.secret_access_key,
        "token": session.session_token,
        "expiration": f"{session.expiration:%Y-%m-%dT%H:%M:%SZ}",
        "lastUpdated": f"{utcnow():%Y-%m-%dT%H:%M:%SZ}",
        "roleName": role.name,
        "roleArn": role.arn,
    }
