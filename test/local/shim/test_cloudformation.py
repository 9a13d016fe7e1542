"""A stack that makes the state bucket: properties, policy, outputs, protection, failures."""
from __future__ import annotations

import copy
import json
import unittest
from typing import Any

from harness import WithShim

BUCKET = {
    "Type": "AWS::S3::Bucket",
    "DeletionPolicy": "Retain",
    "Properties": {
        "BucketName": "state-bucket",
        "VersioningConfiguration": {"Status": "Enabled"},
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": False},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]},
        "LifecycleConfiguration": {"Rules": [{"Id": "old", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 90}}]},
        "LoggingConfiguration": {"DestinationBucketName": {"Ref": "Log"}, "LogFilePrefix": "state/"},
        "Tags": [{"Key": "k", "Value": "v"}],
    },
}
STATEMENT = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": {"Fn::Sub": "${State.Arn}/*"}, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
TEMPLATE: dict[str, Any] = {
    "Parameters": {"Unused": {"Type": "String", "Default": "x"}},
    "Resources": {
        "Log": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "log-bucket"}},
        "State": BUCKET,
        "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "State"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": [STATEMENT]}}},
    },
    "Outputs": {"Name": {"Value": {"Ref": "State"}}, "Arn": {"Value": {"Fn::GetAtt": ["State", "Arn"]}}},
}


class Stacks(WithShim):
    def stack(self, name: str) -> dict[str, Any]:
        return self.shim.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]

    def buckets(self) -> list[str]:
        return [b["Name"] for b in self.shim.client("s3").list_buckets()["Buckets"]]

    def test_the_state_bucket_through_its_life(self) -> None:
        cfn, s3, body = self.shim.client("cloudformation"), self.shim.client("s3"), json.dumps(TEMPLATE)
        self.assertEqual([p["ParameterKey"] for p in cfn.validate_template(TemplateBody=body)["Parameters"]], ["Unused"])
        cfn.create_change_set(StackName="boot", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=body)
        cfn.execute_change_set(StackName="boot", ChangeSetName="first")
        self.assertEqual(self.stack("boot")["StackStatus"], "CREATE_COMPLETE")
        self.assertEqual({o["OutputKey"]: o["OutputValue"] for o in self.stack("boot")["Outputs"]}, {"Name": "state-bucket", "Arn": "arn:aws:s3:::state-bucket"})
        self.check_properties(s3)

        self.assertEqual(self.fails("ValidationError", cfn.update_stack, StackName="boot", TemplateBody=body), "No updates are to be performed.")
        changed = copy.deepcopy(TEMPLATE)
        changed["Resources"]["State"]["Properties"]["VersioningConfiguration"]["Status"] = "Suspended"
        cfn.update_stack(StackName="boot", TemplateBody=json.dumps(changed))
        self.assertEqual((self.stack("boot")["StackStatus"], s3.get_bucket_versioning(Bucket="state-bucket")["Status"]), ("UPDATE_COMPLETE", "Suspended"))
        events = [(e["LogicalResourceId"], e["ResourceStatus"]) for e in reversed(cfn.describe_stack_events(StackName="boot")["StackEvents"])]
        for event in (("State", "CREATE_IN_PROGRESS"), ("State", "CREATE_COMPLETE"), ("Policy", "CREATE_COMPLETE"), ("boot", "CREATE_COMPLETE"), ("State", "UPDATE_COMPLETE")):
            self.assertIn(event, events)
        self.assertLess(events.index(("Policy", "CREATE_COMPLETE")), events.index(("boot", "CREATE_COMPLETE")))

        cfn.update_termination_protection(StackName="boot", EnableTerminationProtection=True)
        self.assertTrue(self.stack("boot")["EnableTerminationProtection"])
        self.assertIn("TerminationProtection is enabled", self.fails("ValidationError", cfn.delete_stack, StackName="boot"))
        cfn.update_termination_protection(StackName="boot", EnableTerminationProtection=False)
        cfn.delete_stack(StackName="boot")
        self.fails("ValidationError", cfn.describe_stacks, StackName="boot")
        self.assertIn("state-bucket", self.buckets())
        self.assertNotIn("log-bucket", self.buckets())

    def check_properties(self, s3: Any) -> None:
        name = {"Bucket": "state-bucket"}
        self.assertEqual(s3.get_bucket_versioning(**name)["Status"], "Enabled")
        self.assertEqual(s3.get_public_access_block(**name)["PublicAccessBlockConfiguration"], BUCKET["Properties"]["PublicAccessBlockConfiguration"])  # type: ignore[index]
        self.assertEqual(s3.get_bucket_ownership_controls(**name)["OwnershipControls"]["Rules"], [{"ObjectOwnership": "BucketOwnerPreferred"}])
        rule = s3.get_bucket_encryption(**name)["ServerSideEncryptionConfiguration"]["Rules"][0]
        self.assertEqual((rule["BucketKeyEnabled"], rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]), (True, "aws:kms"))
        self.assertEqual(s3.get_bucket_lifecycle_configuration(**name)["Rules"][0]["NoncurrentVersionExpiration"]["NoncurrentDays"], 90)
        self.assertEqual(s3.get_bucket_logging(**name)["LoggingEnabled"], {"TargetBucket": "log-bucket", "TargetPrefix": "state/"})
        self.assertEqual(s3.get_bucket_tagging(**name)["TagSet"], [{"Key": "k", "Value": "v"}])
        self.assertEqual(json.loads(s3.get_bucket_policy(**name)["Policy"])["Statement"][0]["Resource"], "arn:aws:s3:::state-bucket/*")
        # The policy denies what comes without TLS; judging that is not the business of this process.
        s3.put_object(Key="k", Body=b"1", **name)
        s3.delete_object(Key="k", **name)

    def test_a_stack_that_cannot_be_made_is_rolled_back(self) -> None:
        cfn, before = self.shim.client("cloudformation"), self.buckets()
        self.shim.client("s3").create_bucket(Bucket="taken", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        resources = {n: {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": b}} for n, b in (("A", "fresh"), ("B", "taken"))}
        cfn.create_stack(StackName="bad", TemplateBody=json.dumps({"Resources": resources}))
        self.assertEqual(self.stack("bad")["StackStatus"], "ROLLBACK_COMPLETE")
        self.assertEqual(sorted(self.buckets()), sorted([*before, "taken"]))

    def test_a_full_bucket_stops_the_deletion(self) -> None:
        cfn, s3 = self.shim.client("cloudformation"), self.shim.client("s3")
        cfn.create_stack(StackName="full", TemplateBody='{"Resources":{"B":{"Type":"AWS::S3::Bucket","Properties":{"BucketName":"full-bucket"}}}}')
        s3.put_object(Bucket="full-bucket", Key="k", Body=b"1")
        cfn.delete_stack(StackName="full")
        self.assertEqual(self.stack("full")["StackStatus"], "DELETE_FAILED")
        s3.delete_object(Bucket="full-bucket", Key="k")
        cfn.delete_stack(StackName="full")
        self.assertNotIn("full-bucket", self.buckets())


if __name__ == "__main__":
    unittest.main()
