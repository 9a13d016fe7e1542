"""What a machine gets from its metadata service: a session of the role in its profile."""
from __future__ import annotations

import json
import unittest
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

from harness import ACCOUNT, Shim, WithShim

TRUST = '{"Version":"2012-10-17","Statement":[]}'


class RoleCredentials(WithShim):
    def setUp(self) -> None:
        self.ec2, self.iam = self.shim.client("ec2", guests=True), self.shim.client("iam")

    def profile(self, with_role: bool = True) -> str:
        name = f"p-{uuid.uuid4()}"
        self.iam.create_instance_profile(InstanceProfileName=name)
        if with_role:
            self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
            self.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
        return name

    def principal(self, key: str) -> tuple[int, Any]:
        status, _headers, body = self.shim.raw("GET", f"/_shim/principal?access_key_id={key}")
        return status, json.loads(body)

    def test_the_gateway_knows_them_also_after_a_kill(self) -> None:
        name = self.profile()
        instance_id = self.launch(self.ec2, IamInstanceProfile={"Name": name})["InstanceId"]
        status, made = self.shim.tell("role-credentials", instanceId=instance_id)
        self.assertEqual((status, set(made)), (200, {"accessKeyId", "secretAccessKey", "token", "expiration", "lastUpdated", "roleName", "roleArn"}))
        self.assertRegex(made["accessKeyId"], r"^ASIA[A-Z0-9]{16}$")
        self.assertEqual((made["roleName"], made["roleArn"]), (name, f"arn:aws:iam::{ACCOUNT}:role/{name}"))
        end = datetime.strptime(made["expiration"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        self.assertAlmostEqual((end - datetime.now(timezone.utc)) / timedelta(hours=1), 6, delta=0.02)
        cls = type(self)
        cls.shim.kill()
        cls.shim = Shim(self.state, KIRO_SANDBOX_SHIM_COLD="1")
        status, found = self.principal(made["accessKeyId"])
        role_id = self.shim.client("iam").get_role(RoleName=name)["Role"]["RoleId"]
        self.assertEqual((status, found["arn"], found["userId"]), (200, f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{instance_id}", f"{role_id}:{instance_id}"))
        self.assertEqual((found["secretAccessKey"], found["sessionToken"], found["expiration"]), (made["secretAccessKey"], made["token"], made["expiration"]))

    def test_no_role_no_credentials(self) -> None:
        bare = self.launch(self.ec2)["InstanceId"]
        empty = self.launch(self.ec2, IamInstanceProfile={"Name": self.profile(with_role=False)})["InstanceId"]
        gone = self.launch(self.ec2, IamInstanceProfile={"Name": self.profile()})["InstanceId"]
        self.shim.tell("instance-state", instanceId=gone, state="terminated")
        for instance_id in (bare, empty, gone, "i-none"):
            status, answer = self.shim.tell("role-credentials", instanceId=instance_id)
            self.assertEqual((status, list(answer)), (404, ["error"]))
            self.assertIn(instance_id, answer["error"])

    def test_a_profile_that_is_replaced_brings_its_role(self) -> None:
        first, second = self.profile(), self.profile()
        instance_id = self.launch(self.ec2, IamInstanceProfile={"Name": first})["InstanceId"]
        wanted = [{"Name": "instance-id", "Values": [instance_id]}]
        association = self.ec2.describe_iam_instance_profile_associations(Filters=wanted)["IamInstanceProfileAssociations"][0]["AssociationId"]
        self.ec2.replace_iam_instance_profile_association(AssociationId=association, IamInstanceProfile={"Name": second})
        self.assertEqual(self.shim.tell("role-credentials", instanceId=instance_id)[1]["roleName"], second)
        shown = self.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]["IamInstanceProfile"]
        profile = self.iam.get_instance_profile(InstanceProfileName=second)["InstanceProfile"]
        self.assertEqual(shown, {"Arn": profile["Arn"], "Id": profile["InstanceProfileId"]})

    def session(self, arn: str, seconds: int) -> str:
        status, _headers, body = self.shim.form("sts", f"Action=AssumeRole&Version=2011-06-15&RoleArn={arn}&RoleSessionName=someone&DurationSeconds={seconds}")
        self.assertEqual(status, 200, body)
        return body.decode().split("<AccessKeyId>")[1].split("<")[0]

    def test_sessions_that_ended_long_ago_are_dropped(self) -> None:
        name = self.profile()
        instance_id = self.launch(self.ec2, IamInstanceProfile={"Name": name})["InstanceId"]
        arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        # moto takes any duration: one session ended two hours ago, the other one a moment ago.
        old, late = (self.session(arn, seconds) for seconds in (-7200, -1))
        self.shim.tell("role-credentials", instanceId=instance_id)
        self.assertEqual((self.principal(old)[0], self.principal(late)[0]), (404, 200))


if __name__ == "__main__":
    unittest.main()
