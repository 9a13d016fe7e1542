"""What was acknowledged is there after kill -9; what could not be saved has not happened."""
from __future__ import annotations

import contextlib
import hashlib
import random
import shutil
import sqlite3
import stat
import threading
import time
import unittest
import uuid
from typing import Any

from harness import Shim, temporary_folder


class Durability(unittest.TestCase):
    def setUp(self) -> None:
        self.state = temporary_folder()
        self.addCleanup(shutil.rmtree, self.state, True)
        self.shims: list[Shim] = []
        self.addCleanup(lambda: [shim.kill() for shim in self.shims])

    def start(self, *arguments: str, **environment: str) -> Shim:
        self.shims.append(Shim(self.state, arguments, **{"KIRO_SANDBOX_SHIM_COLD": "1", **environment}))
        return self.shims[-1]

    def create_group(self, shim: Shim, name: str, request: str) -> tuple[int, dict[str, str], bytes]:
        body = f"Action=CreateSecurityGroup&Version=2016-11-15&GroupName={name}&GroupDescription=d"
        return shim.form("ec2", body, x_local_call="ec2/CreateSecurityGroup", x_local_request_id=request)

    def test_acknowledged_calls_survive_kill_9_and_a_resent_call_happens_once(self) -> None:
        acknowledged: dict[str, bytes] = {}
        number = 0
        for _round in range(3):
            shim = self.start()
            self.create_group(shim, "default", "")  # refused; only so that EC2 is there before the clock starts
            threading.Timer(random.uniform(0.05, 0.6), shim.process.kill).start()
            unanswered = None
            while unanswered is None:
                name, request = f"g{number}", str(uuid.uuid4())
                number += 1
                try:
                    status, _headers, body = self.create_group(shim, name, request)
                    self.assertEqual(status, 200, body)
                    acknowledged[name] = body
                except OSError:
                    unanswered = (name, request)
                except Exception as error:  # a connection cut in the middle of an answer
                    self.assertIn(type(error).__name__, ("RemoteDisconnected", "IncompleteRead", "BadStatusLine"))
                    unanswered = (name, request)
            shim.close()
            shim = self.start()
            status, _headers, body = self.create_group(shim, *unanswered)
            self.assertEqual(status, 200, body)
            acknowledged[unanswered[0]] = body
            groups = [g for g in shim.client("ec2").describe_security_groups()["SecurityGroups"] if g["GroupName"] != "default"]
            self.assertEqual(sorted(g["GroupName"] for g in groups), sorted(acknowledged))
            for group in groups:
                self.assertIn(group["GroupId"].encode(), acknowledged[group["GroupName"]])
            shim.kill()
        self.assertGreater(len(acknowledged), 10)

    def test_a_known_request_id_gets_the_stored_answer_also_after_a_restart(self) -> None:
        shim, request = self.start(), str(uuid.uuid4())
        first = self.create_group(shim, "once", request)
        again = self.create_group(shim, "once", request)
        shim.kill()
        later = self.create_group(self.start(), "once", request)
        self.assertNotIn("x-local-replayed", first[1])
        for reply in (again, later):
            self.assertEqual(reply[1]["x-local-replayed"], "1")
            self.assertEqual((reply[0], reply[2]), (first[0], first[2]))

    def test_every_service_comes_back(self) -> None:
        shim = self.start()
        before = self.fill(shim)
        self.assertEqual(self.look(shim, before["bucket"]), before["seen"])
        shim.kill()
        shim = self.start()
        self.assertGreaterEqual(shim.said["restoredBackends"], 7)
        self.assertEqual(self.look(shim, before["bucket"]), before["seen"])
        # A restored stack holds the living bucket, not a copy of it.
        shim.client("cloudformation").delete_stack(StackName="s")
        self.assertEqual([b["Name"] for b in shim.client("s3").list_buckets()["Buckets"]], ["versions"])

    def fill(self, shim: Shim) -> dict[str, Any]:
        s3, ssm, kms = shim.client("s3"), shim.client("ssm"), shim.client("kms")
        s3.create_bucket(Bucket="versions", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
        for text in (b"one", b"two", b"three"):
            s3.put_object(Bucket="versions", Key="k", Body=text)
        shim.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[]}')
        shim.client("iam").attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        ssm.put_parameter(Name="/a", Value="1", Type="SecureString", Tags=[{"Key": "t", "Value": "v"}])
        kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
        shim.client("logs").create_log_group(logGroupName="g")
        template = '{"Resources":{"B":{"Type":"AWS::S3::Bucket","Properties":{"BucketName":"of-stack"}}},"Outputs":{"N":{"Value":{"Ref":"B"}}}}'
        shim.client("cloudformation").create_stack(StackName="s", TemplateBody=template)
        shim.client("sts").assume_role(RoleArn="arn:aws:iam::111122223333:role/r", RoleSessionName="session")
        return {"bucket": "versions", "seen": self.look(shim, "versions")}

    def look(self, shim: Shim, bucket: str) -> dict[str, Any]:
        s3, ec2, iam, cfn = (shim.client(name) for name in ("s3", "ec2", "iam", "cloudformation"))
        versions = s3.list_object_versions(Bucket=bucket)["Versions"]
        return {
            "contents": sorted(s3.get_object(Bucket=bucket, Key="k", VersionId=v["VersionId"])["Body"].read() for v in versions),
            "vpc": [v["VpcId"] for v in ec2.describe_vpcs()["Vpcs"]],
            "policy": iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"],
            "counted": iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")["Policy"]["AttachmentCount"],
            "parameter": shim.client("ssm").get_parameter(Name="/a", WithDecryption=True)["Parameter"]["Value"],
            "tags": shim.client("ssm").list_tags_for_resource(ResourceType="Parameter", ResourceId="/a")["TagList"],
            "public key": [shim.client("kms").get_public_key(KeyId=k["KeyId"])["PublicKey"] for k in shim.client("kms").list_keys()["Keys"]],
            "groups": [g["logGroupName"] for g in shim.client("logs").describe_log_groups()["logGroups"]],
            "outputs": cfn.describe_stacks(StackName="s")["Stacks"][0]["Outputs"],
            "buckets": [b["Name"] for b in s3.list_buckets()["Buckets"]],
        }

    def test_a_call_that_cannot_be_saved_has_no_effect(self) -> None:
        self.start().stop()
        with contextlib.closing(sqlite3.connect(self.state / "control.db")) as db:
            pages = db.execute("PRAGMA page_count").fetchone()[0]
        shim = self.start(KIRO_SANDBOX_SHIM_MAX_PAGES=str(pages + 40))
        ec2 = shim.client("ec2")
        kept, failure = [], None
        for number in range(400):
            status, _headers, body = self.create_group(shim, f"g{number}", str(uuid.uuid4()))
            if status != 200:
                failure = (status, body.decode())
                break
            kept.append(f"g{number}")
        assert failure is not None, "the disk never filled up"
        self.assertEqual(failure[0], 507)
        self.assertIn("<Code>LocalStateNotSaved</Code>", failure[1])
        self.assertIn("the local target could not save its state", failure[1])
        names = sorted(g["GroupName"] for g in ec2.describe_security_groups()["SecurityGroups"] if g["GroupName"] != "default")
        self.assertEqual(names, sorted(kept))
        shim.kill()
        again = self.start().client("ec2").describe_security_groups()["SecurityGroups"]
        self.assertEqual(sorted(g["GroupName"] for g in again if g["GroupName"] != "default"), sorted(kept))

    def test_the_state_is_private(self) -> None:
        self.start()
        self.assertEqual(stat.S_IMODE(self.state.stat().st_mode), 0o700)
        for file in self.state.iterdir():
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600, file)

    def test_a_second_process_is_refused_until_the_first_is_gone(self) -> None:
        first = self.start()
        second = self.start()
        self.assertEqual(second.said["error"], "locked")
        self.assertEqual(second.process.wait(60), 75)
        first.kill()
        self.assertTrue(self.start().said["ready"])

    def test_a_file_that_is_no_database_is_refused_and_kept(self) -> None:
        self.state.mkdir(exist_ok=True)
        (self.state / "control.db").write_bytes(b"no database " * 1000)
        shim = self.start()
        self.assertEqual((shim.said["error"], shim.process.wait(60)), ("corrupt", 65))
        self.assertEqual((self.state / "control.db").read_bytes(), b"no database " * 1000)

    def test_a_damaged_blob_is_refused_whether_its_checksum_tells_or_not(self) -> None:
        self.start().stop()
        self.edit("UPDATE backends SET data = x'00010203'")
        shim = self.start()
        self.assertEqual((shim.said["error"], shim.process.wait(60)), ("corrupt", 65))
        self.edit(f"UPDATE backends SET data = x'00010203', digest = '{hashlib.sha256(bytes([0, 1, 2, 3])).hexdigest()}'")
        shim = self.start()
        self.assertEqual((shim.said["error"], shim.process.wait(60)), ("corrupt", 65))

    def test_the_state_of_another_moto_is_refused(self) -> None:
        self.start().stop()
        self.edit("UPDATE meta SET value = '5.0.0' WHERE name = 'moto'")
        shim = self.start()
        self.assertEqual((shim.said["error"], shim.process.wait(60)), ("version", 78))
        self.assertIn("5.0.0", shim.said["detail"])

    def edit(self, statement: str) -> None:
        db = sqlite3.connect(self.state / "control.db")
        with db:
            db.execute(statement)
        db.close()

    def test_it_ends_when_its_parent_does_even_while_starting(self) -> None:
        import subprocess
        import sys

        from harness import SHIM

        for delay in (0.0, 0.3, 0.7):
            process = subprocess.Popen([sys.executable, str(SHIM), "--state", str(self.state)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            process.stdin.close()  # type: ignore[union-attr]
            self.assertEqual(process.wait(60), 0)
        shim = self.start()
        self.assertTrue(shim.said["ready"])
        shim.process.terminate()
        self.assertEqual(shim.process.wait(60), 0)


if __name__ == "__main__":
    unittest.main()
