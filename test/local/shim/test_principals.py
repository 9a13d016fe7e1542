"""Who a key belongs to; who may become whom."""
from __future__ import annotations

import json
import unittest
from typing import Any

from harness import ACCOUNT, WithShim

NOBODY = '{"Version":"2012-10-17","Statement":[]}'


class Principals(WithShim):
    def principal(self, key: str) -> tuple[int, Any]:
        status, _headers, body = self.shim.raw("GET", f"/_shim/principal?access_key_id={key}")
        return status, json.loads(body)

    def test_the_operator_is_an_administrator(self) -> None:
        operator = self.shim.operator
        status, found = self.principal(operator["accessKeyId"])
        self.assertEqual((status, found["arn"], found["secretAccessKey"]), (200, operator["arn"], operator["secretAccessKey"]))
        self.assertEqual((found["sessionToken"], found["expiration"], found["accountId"]), (None, None, ACCOUNT))
        attached = self.shim.client("iam").list_attached_user_policies(UserName=operator["userName"])["AttachedPolicies"]
        self.assertEqual([p["PolicyName"] for p in attached], ["AdministratorAccess"])
        self.assertEqual(self.shim.client("sts").get_caller_identity()["Arn"], operator["arn"])

    def test_a_session_is_known_with_its_token_and_end(self) -> None:
        self.shim.client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument=NOBODY)
        made = self.shim.client("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/reader", RoleSessionName="someone")
        status, found = self.principal(made["Credentials"]["AccessKeyId"])
        self.assertEqual(status, 200)
        self.assertEqual(found["sessionToken"], made["Credentials"]["SessionToken"])
        self.assertEqual(found["arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/someone")
        self.assertTrue(found["userId"].endswith(":someone"))
        self.assertRegex(found["expiration"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_unknown_and_inactive_keys_are_nobody(self) -> None:
        self.assertEqual(self.principal("AKIAUNKNOWNUNKNOWN00")[0], 404)
        iam = self.shim.client("iam")
        iam.create_user(UserName="gone")
        key = iam.create_access_key(UserName="gone")["AccessKey"]["AccessKeyId"]
        self.assertEqual(self.principal(key)[0], 200)
        iam.update_access_key(UserName="gone", AccessKeyId=key, Status="Inactive")
        self.assertEqual(self.principal(key)[0], 404)

    def test_only_roles_that_exist_here_can_be_assumed(self) -> None:
        sts = self.shim.client("sts")
        for arn in (f"arn:aws:iam::{ACCOUNT}:role/nobody", "arn:aws:iam::444455556666:role/reader"):
            message = self.fails("AccessDenied", sts.assume_role, RoleArn=arn, RoleSessionName="someone")
            self.assertIn(f"is not authorized to perform: sts:AssumeRole on resource: {arn}", message)
        try:
            sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/nobody", RoleSessionName="someone")
        except sts.exceptions.ClientError as error:
            self.assertEqual(error.response["ResponseMetadata"]["HTTPStatusCode"], 403)


if __name__ == "__main__":
    unittest.main()
