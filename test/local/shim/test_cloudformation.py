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

    def test_a_stack_that_fails_first_thing_in_a_region_is_remembered(self) -> None:
        self.shim.client("s3").create_bucket(Bucket="held", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        cfn = self.shim.client("cloudformation", "eu-west-1")
        cfn.create_stack(StackName="bad", TemplateBody='{"Resources":{"B":{"Type":"AWS::S3::Bucket","Properties":{"BucketName":"held"}}},"Outputs":{"N":{"Value":{"Ref":"B"}}}}')
        self.assertEqual(cfn.describe_stacks(StackName="bad")["Stacks"][0]["StackStatus"], "ROLLBACK_COMPLETE")

    def test_a_full_bucket_stops_the_deletion(self) -> None:
        cfn, s3 = self.shim.client("cloudformation"), self.shim.client("s3")
        cfn.create_stack(StackName="full", TemplateBody='{"Resources":{"B":{"Type":"AWS::S3::Bucket","Properties":{"BucketName":"full-bucket"}}}}')
        s3.put_object(Bucket="full-bucket", Key="k", Body=b"1")
        cfn.delete_stack(StackName="full")
        self.assertEqual(self.stack("full")["StackStatus"], "DELETE_FAILED")
        s3.delete_object(Bucket="full-bucket", Key="k")
        cfn.delete_stack(StackName="full")
        self.assertNotIn("full-bucket", self.buckets())

    def change_set(self, stack: str, body: dict[str, Any], name: str = "c", **more: Any) -> dict[str, Any]:
        cfn = self.shim.client("cloudformation")
        cfn.create_change_set(StackName=stack, ChangeSetName=name, TemplateBody=json.dumps(body), **more)
        return cfn.describe_change_set(StackName=stack, ChangeSetName=name)

    def changes(self, told: dict[str, Any]) -> list[tuple[Any, ...]]:
        return [(c["Action"], c["LogicalResourceId"], [d["Target"].get("Name", d["Target"]["Attribute"]) for d in c.get("Details", [])])
                for c in (one["ResourceChange"] for one in told["Changes"])]

    def small(self, bucket: str, **properties: Any) -> dict[str, Any]:
        said = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "RetainExceptOnCreate", "Properties": {"BucketName": bucket, **properties}}
        policy = {"Type": "AWS::S3::BucketPolicy", "DeletionPolicy": "Retain", "DependsOn": "B",
                  "Properties": {"Bucket": bucket, "PolicyDocument": {"Version": "2012-10-17", "Statement": [{**STATEMENT, "Resource": f"arn:aws:s3:::{bucket}/*"}]}}}
        return {"Resources": {"B": said, "P": policy}}

    def test_a_change_set_says_what_it_would_change_and_that_there_is_nothing(self) -> None:
        cfn, on = self.shim.client("cloudformation"), {"VersioningConfiguration": {"Status": "Enabled"}}
        first = self.change_set("said", self.small("said-bucket"), ChangeSetType="CREATE")
        self.assertEqual((self.stack("said")["StackStatus"], self.changes(first)), ("REVIEW_IN_PROGRESS", [("Add", "B", []), ("Add", "P", [])]))
        # A stack that was only looked at is no stack yet: the next change set creates it too.
        self.change_set("said", self.small("said-bucket"), "again", ChangeSetType="CREATE")
        self.assertEqual(len([s for s in cfn.list_stacks()["StackSummaries"] if s["StackName"] == "said"]), 1)
        cfn.execute_change_set(StackName="said", ChangeSetName="again")
        self.fails("AlreadyExistsException", cfn.create_change_set, StackName="said", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody="{}")
        second = self.change_set("said", self.small("said-bucket", **on), ChangeSetType="UPDATE")
        self.assertEqual(self.changes(second), [("Modify", "B", ["VersioningConfiguration"])])
        self.assertEqual(second["Changes"][0]["ResourceChange"]["Replacement"], "False")
        cfn.execute_change_set(StackName="said", ChangeSetName="c")
        nothing = self.change_set("said", self.small("said-bucket", **on), "n", ChangeSetType="UPDATE")
        self.assertEqual(nothing["Status"], "FAILED")
        self.assertIn("didn't contain changes", nothing["StatusReason"])
        moved = self.change_set("said", self.small("other-bucket", **on), "m", ChangeSetType="UPDATE")
        self.assertEqual([c["ResourceChange"]["Replacement"] for c in moved["Changes"]], ["True", "True"])

    def test_what_was_retained_is_taken_in_again_as_it_is_and_then_put_right(self) -> None:
        cfn, s3, on = self.shim.client("cloudformation"), self.shim.client("s3"), {"VersioningConfiguration": {"Status": "Enabled"}}
        body = self.small("kept-bucket", **on)
        cfn.create_stack(StackName="kept", TemplateBody=json.dumps(body))
        s3.put_object(Bucket="kept-bucket", Key="k", Body=b"1")
        cfn.delete_stack(StackName="kept")
        s3.put_bucket_versioning(Bucket="kept-bucket", VersioningConfiguration={"Status": "Suspended"})
        cfn.create_stack(StackName="kept", TemplateBody=json.dumps(body))
        self.assertEqual(self.stack("kept")["StackStatus"], "ROLLBACK_COMPLETE")
        self.fails("ValidationError", cfn.update_stack, StackName="kept", TemplateBody=json.dumps(body))
        cfn.delete_stack(StackName="kept")
        self.assertEqual(self.changes(self.change_set("kept", body, ChangeSetType="CREATE", ImportExistingResources=True)), [("Import", "B", []), ("Import", "P", [])])
        cfn.execute_change_set(StackName="kept", ChangeSetName="c")
        self.assertEqual((self.stack("kept")["StackStatus"], s3.get_bucket_versioning(Bucket="kept-bucket")["Status"]), ("CREATE_COMPLETE", "Suspended"))

        asked = cfn.detect_stack_drift(StackName="kept")["StackDriftDetectionId"]
        status = cfn.describe_stack_drift_detection_status(StackDriftDetectionId=asked)
        self.assertEqual((status["StackDriftStatus"], status["DriftedStackResourceCount"]), ("DRIFTED", 1))
        drifts = cfn.describe_stack_resource_drifts(StackName="kept", StackResourceDriftStatusFilters=["MODIFIED", "DELETED"])["StackResourceDrifts"]
        self.assertEqual(drifts[0]["PropertyDifferences"], [{"PropertyPath": "/VersioningConfiguration/Status", "ExpectedValue": "Enabled", "ActualValue": "Suspended", "DifferenceType": "NOT_EQUAL"}])
        s3.delete_bucket_policy(Bucket="kept-bucket")
        back = self.change_set("kept", body, "back", ChangeSetType="UPDATE", DeploymentMode="REVERT_DRIFT")
        self.assertEqual([(c["ResourceChange"]["Action"], c["ResourceChange"]["ResourceDriftStatus"]) for c in back["Changes"]], [("Modify", "MODIFIED"), ("Add", "DELETED")])
        cfn.execute_change_set(StackName="kept", ChangeSetName="back")
        self.assertEqual(s3.get_bucket_versioning(Bucket="kept-bucket")["Status"], "Enabled")
        self.assertIn("Deny", s3.get_bucket_policy(Bucket="kept-bucket")["Policy"])
        self.assertEqual(s3.get_object(Bucket="kept-bucket", Key="k")["Body"].read(), b"1")

    def test_to_retain_is_a_change_of_the_books_alone_and_keeps_what_leaves_the_template(self) -> None:
        cfn, ec2 = self.shim.client("cloudformation"), self.shim.client("ec2")
        machine = {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": self.image(), "InstanceType": "t4g.medium"}}
        role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}}
        cfn.create_stack(StackName="own", TemplateBody=json.dumps({"Resources": {"M": machine, "R": role}}), Capabilities=["CAPABILITY_IAM"])
        before = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in cfn.describe_stack_resources(StackName="own")["StackResources"]}
        keep = {"Resources": {n: {**said, "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"} for n, said in (("M", machine), ("R", role))}}
        self.assertEqual(self.changes(self.change_set("own", keep, ChangeSetType="UPDATE")), [("Modify", n, ["DeletionPolicy", "UpdateReplacePolicy"]) for n in "MR"])
        cfn.execute_change_set(StackName="own", ChangeSetName="c")
        after = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in cfn.describe_stack_resources(StackName="own")["StackResources"]}
        self.assertEqual(after, before)
        gone = {"Resources": {"M": keep["Resources"]["M"]}}
        cfn.update_stack(StackName="own", TemplateBody=json.dumps(gone))
        self.shim.client("iam").get_role(RoleName=before["R"])
        cfn.delete_stack(StackName="own")
        self.assertEqual(ec2.describe_instances(InstanceIds=[before["M"]])["Reservations"][0]["Instances"][0]["State"]["Name"], "running")

    def test_what_cannot_be_changed_in_place_is_a_failed_update_and_nothing_is_lost(self) -> None:
        cfn = self.shim.client("cloudformation")
        body = {"Resources": {"L": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "a-group", "RetentionInDays": 30}}}}
        cfn.create_stack(StackName="fixed", TemplateBody=json.dumps(body))
        body["Resources"]["L"]["Properties"]["RetentionInDays"] = 60  # type: ignore[index]
        cfn.update_stack(StackName="fixed", TemplateBody=json.dumps(body))
        self.assertEqual(self.stack("fixed")["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
        self.assertEqual([r["PhysicalResourceId"] for r in cfn.describe_stack_resources(StackName="fixed")["StackResources"]], ["a-group"])

    def test_a_deletion_that_failed_is_told_what_to_leave(self) -> None:
        cfn, s3 = self.shim.client("cloudformation"), self.shim.client("s3")
        cfn.create_stack(StackName="stuck", TemplateBody='{"Resources":{"B":{"Type":"AWS::S3::Bucket","Properties":{"BucketName":"stuck-bucket"}}}}')
        s3.put_object(Bucket="stuck-bucket", Key="k", Body=b"1")
        self.fails("ValidationError", cfn.delete_stack, StackName="stuck", RetainResources=["B"])
        cfn.delete_stack(StackName="stuck")
        self.assertEqual(self.stack("stuck")["StackStatus"], "DELETE_FAILED")
        cfn.delete_stack(StackName="stuck", RetainResources=["B"])
        self.fails("ValidationError", cfn.describe_stacks, StackName="stuck")
        self.assertIn("stuck-bucket", self.buckets())

    def test_a_key_of_a_stack_can_be_changed_and_its_policy_is_text(self) -> None:
        cfn, kms = self.shim.client("cloudformation"), self.shim.client("kms")
        policy = {"Version": "2012-10-17", "Statement": [{"Sid": "Own", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}]}
        body = {"Resources": {"K": {"Type": "AWS::KMS::Key", "DeletionPolicy": "Retain", "Properties": {"KeyPolicy": policy, "EnableKeyRotation": False, "Tags": [{"Key": "k", "Value": "v"}]}}}}
        cfn.create_stack(StackName="key", TemplateBody=json.dumps(body))
        key = cfn.describe_stack_resources(StackName="key")["StackResources"][0]["PhysicalResourceId"]
        body["Resources"]["K"]["Properties"]["EnableKeyRotation"] = True  # type: ignore[index]
        cfn.update_stack(StackName="key", TemplateBody=json.dumps(body))
        self.assertEqual(self.stack("key")["StackStatus"], "UPDATE_COMPLETE")
        self.assertEqual(kms.list_resource_tags(KeyId=key)["Tags"], [{"TagKey": "k", "TagValue": "v"}])
        self.assertTrue(kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"])
        self.assertEqual(json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]), policy)
        asked = cfn.detect_stack_drift(StackName="key")["StackDriftDetectionId"]
        self.assertEqual(cfn.describe_stack_drift_detection_status(StackDriftDetectionId=asked)["StackDriftStatus"], "IN_SYNC")


if __name__ == "__main__":
    unittest.main()
