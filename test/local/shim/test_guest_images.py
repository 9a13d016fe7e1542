"""Images with real machines: pending until their content is there; copies, tags, encryption, removal."""
from __future__ import annotations

import unittest
import uuid
from typing import Any

from harness import REGION, Shim, WithShim

TAGS = [{"ResourceType": kind, "Tags": [{"Key": "k", "Value": kind}]} for kind in ("image", "snapshot")]
NOW = {"Delay": 1, "MaxAttempts": 1}


class Images(WithShim):
    def setUp(self) -> None:
        self.ec2 = self.shim.client("ec2", guests=True)

    def instance(self, **arguments: Any) -> str:
        root = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30, "VolumeType": "gp3", "Encrypted": True}}
        instance_id = self.launch(self.ec2, BlockDeviceMappings=[root], **arguments)["InstanceId"]
        self.shim.tell("instance-state", instanceId=instance_id, state="running")
        return instance_id

    def bake(self, instance_id: str | None = None, **more: Any) -> str:
        return self.ec2.create_image(InstanceId=instance_id or self.instance(), Name=str(uuid.uuid4()), **more)["ImageId"]

    def tell(self, image_id: str, state: str, **more: Any) -> bool:
        status, answer = self.shim.tell("image-state", imageId=image_id, state=state, **more)
        self.assertEqual(status, 200, answer)
        return answer["changed"]

    def baked(self, instance_id: str | None = None, **more: Any) -> str:
        image_id = self.bake(instance_id, **more)
        self.assertTrue(self.tell(image_id, "available"))
        return image_id

    def seen(self, image_id: str, client: Any = None) -> dict[str, Any]:
        return (client or self.ec2).describe_images(ImageIds=[image_id])["Images"][0]

    def snapshots(self, image_id: str, client: Any = None) -> list[dict[str, Any]]:
        client = client or self.ec2
        ids = [m["Ebs"]["SnapshotId"] for m in self.seen(image_id, client)["BlockDeviceMappings"]]
        return client.describe_snapshots(SnapshotIds=ids)["Snapshots"]

    def row(self, image_id: str) -> dict[str, Any]:
        return next(i for i in self.shim.ask("images")["images"] if i["imageId"] == image_id)

    def test_an_image_is_pending_until_its_content_is_there(self) -> None:
        instance_id = self.instance()
        image_id = self.bake(instance_id, NoReboot=True, TagSpecifications=TAGS)
        seen, snapshot = self.seen(image_id), self.snapshots(image_id)[0]
        self.assertEqual((seen["State"], snapshot["State"], snapshot["Progress"]), ("pending", "pending", "0%"))
        self.assertNotIn("StateReason", seen)
        message = self.fails("InvalidAMIID.Unavailable", self.launch, ec2=self.ec2, ImageId=image_id)
        self.assertIn(image_id, message)
        self.fails("InvalidAMIID.Unavailable", self.ec2.copy_image, SourceImageId=image_id, SourceRegion=REGION, Name=str(uuid.uuid4()))
        self.fails("InvalidAMIName.Duplicate", self.ec2.create_image, InstanceId=instance_id, Name=seen["Name"])
        self.assertEqual(self.row(image_id), {
            "imageId": image_id, "region": REGION, "state": "pending", "name": seen["Name"], "architecture": "arm64", "sourceInstanceId": instance_id,
            "sourceImageId": self.image(), "sourceImageRegion": REGION, "ownerId": seen["OwnerId"], "snapshotIds": [snapshot["SnapshotId"]], "noReboot": True})
        self.assertTrue(self.tell(image_id, "available"))
        self.assertFalse(self.tell(image_id, "available"))
        self.ec2.get_waiter("image_available").wait(ImageIds=[image_id], WaiterConfig=NOW)
        self.ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot["SnapshotId"]], WaiterConfig=NOW)
        snapshot = self.snapshots(image_id)[0]
        self.assertEqual((snapshot["Progress"], snapshot["VolumeSize"], snapshot["Encrypted"], snapshot["Tags"]), ("100%", 30, True, [{"Key": "k", "Value": "snapshot"}]))
        self.assertEqual((self.seen(image_id)["RootDeviceName"], self.seen(image_id)["Tags"]), ("/dev/xvda", [{"Key": "k", "Value": "image"}]))
        self.launch(self.ec2, ImageId=image_id)

    def test_one_that_failed_says_why(self) -> None:
        image_id = self.bake()
        self.assertTrue(self.tell(image_id, "failed", reason="no space left on device"))
        seen, snapshot = self.seen(image_id), self.snapshots(image_id)[0]
        self.assertEqual((seen["State"], seen["StateReason"]["Message"], snapshot["State"]), ("failed", "no space left on device", "error"))
        self.fails("InvalidAMIID.Unavailable", self.launch, ec2=self.ec2, ImageId=image_id)
        self.ec2.deregister_image(ImageId=image_id, DeleteAssociatedSnapshots=True)
        self.assertEqual(self.shim.tell("image-state", imageId=image_id, state="available")[0], 404)
        self.assertEqual(self.shim.tell("image-state", imageId=self.image(), state="failed")[0], 404)
        self.assertEqual(self.shim.tell("image-state", imageId=image_id, state="pending")[0], 400)

    def test_only_an_instance_with_a_disk_at_rest_or_in_use_becomes_an_image(self) -> None:
        young = self.launch(self.ec2)["InstanceId"]
        self.fails("IncorrectInstanceState", self.ec2.create_image, InstanceId=young, Name=str(uuid.uuid4()))
        instance_id = self.instance()
        self.ec2.stop_instances(InstanceIds=[instance_id])
        self.shim.tell("instance-state", instanceId=instance_id, state="stopped")
        self.baked(instance_id)
        self.ec2.terminate_instances(InstanceIds=[instance_id])
        self.fails("IncorrectInstanceState", self.ec2.create_image, InstanceId=instance_id, Name=str(uuid.uuid4()))

    def test_a_copy_waits_for_its_content_too(self) -> None:
        kms, there = self.shim.client("kms", "eu-central-1"), self.shim.client("ec2", "eu-central-1", guests=True)
        key = kms.create_key()["KeyMetadata"]
        kms.create_alias(AliasName="alias/images", TargetKeyId=key["KeyId"])
        source, asked = self.baked(Description="words", TagSpecifications=TAGS), {"SourceRegion": REGION, "CopyImageTags": True, "Description": "other words"}
        self.fails("InvalidParameterDependency", there.copy_image, SourceImageId=source, Name="name", KmsKeyId=key["KeyId"], **asked)
        name = str(uuid.uuid4())
        copied = there.copy_image(SourceImageId=source, Name=name, Encrypted=True, KmsKeyId="alias/images", ClientToken="c", **asked)["ImageId"]
        self.assertEqual(there.copy_image(SourceImageId=source, Name=name, Encrypted=True, KmsKeyId="alias/images", ClientToken="c", **asked)["ImageId"], copied)
        self.fails("InvalidAMIName.Duplicate", there.copy_image, SourceImageId=source, Name=name, **asked)
        self.fails("InvalidAMIID.NotFound", there.copy_image, SourceImageId=source, SourceRegion="eu-central-1", Name=str(uuid.uuid4()))
        seen, snapshot, row = self.seen(copied, there), self.snapshots(copied, there)[0], self.row(copied)
        self.assertEqual((seen["State"], seen["Description"], seen["Tags"], seen["Name"]), ("pending", "other words", [{"Key": "k", "Value": "image"}], name))
        self.assertEqual((snapshot["State"], snapshot["KmsKeyId"], snapshot["Encrypted"], snapshot["VolumeSize"]), ("pending", key["Arn"], True, 30))
        self.assertEqual((row["region"], row["sourceInstanceId"], row["sourceImageId"], row["sourceImageRegion"], row["noReboot"]), ("eu-central-1", None, source, REGION, False))
        self.assertTrue(self.tell(copied, "available"))
        self.assertEqual((self.seen(copied, there)["State"], self.snapshots(copied, there)[0]["State"]), ("available", "completed"))
        self.assertEqual(self.seen(source)["State"], "available")

    def test_an_image_of_an_instance_of_a_copy(self) -> None:
        source = self.baked()
        copied = self.ec2.copy_image(SourceImageId=source, SourceRegion=REGION, Name=str(uuid.uuid4()))["ImageId"]
        self.tell(copied, "available")
        instance_id = self.instance(ImageId=copied)
        self.ec2.deregister_image(ImageId=copied)
        child = self.baked(instance_id)
        seen = self.seen(child)
        ebs = seen["BlockDeviceMappings"][0]["Ebs"]
        self.assertEqual((seen["Architecture"], seen["RootDeviceName"], seen["SourceInstanceId"], seen["SourceImageId"]), ("arm64", "/dev/xvda", instance_id, copied))
        self.assertEqual((ebs["VolumeSize"], ebs["Encrypted"], ebs["VolumeType"]), (30, True, "gp3"))

    def test_an_image_may_go_while_its_instances_run(self) -> None:
        image_id = self.baked()
        instance_id, name = self.instance(ImageId=image_id), self.seen(image_id)["Name"]
        self.ec2.enable_image_deprecation(ImageId=image_id, DeprecateAt="2031-01-01T00:00:00Z")
        self.assertEqual(self.seen(image_id)["DeprecationTime"], "2031-01-01T00:00:00.000Z")
        snapshot = self.snapshots(image_id)[0]["SnapshotId"]
        done = self.ec2.deregister_image(ImageId=image_id, DeleteAssociatedSnapshots=True)
        self.assertEqual(done["DeleteSnapshotResults"], [{"SnapshotId": snapshot, "ReturnCode": "success"}])
        self.fails("InvalidSnapshot.NotFound", self.ec2.describe_snapshots, SnapshotIds=[snapshot])
        book = self.shim.ask(f"instances?id={instance_id}")["instances"][0]
        self.assertEqual((book["state"], book["image"]["imageId"], book["image"]["name"]), ("running", image_id, name))
        self.assertNotIn(image_id, [i["imageId"] for i in self.shim.ask("images")["images"]])
        self.fails("InvalidAMIID.Unavailable", self.launch, ec2=self.ec2, ImageId=image_id)

    def test_pending_survives_a_kill(self) -> None:
        image_id, cls = self.bake(NoReboot=True), type(self)
        cls.shim.kill()
        cls.shim = Shim(self.state, KIRO_SANDBOX_SHIM_COLD="1")
        self.ec2 = self.shim.client("ec2", guests=True)
        self.assertEqual((self.row(image_id)["state"], self.row(image_id)["noReboot"], self.snapshots(image_id)[0]["Progress"]), ("pending", True, "0%"))
        self.assertTrue(self.tell(image_id, "available"))
        self.assertEqual(self.seen(image_id)["State"], "available")

    def test_without_machines_an_image_is_there_at_once(self) -> None:
        plain, instance_id = self.shim.client("ec2"), self.instance()
        image_id = plain.create_image(InstanceId=instance_id, Name=str(uuid.uuid4()))["ImageId"]
        self.assertEqual((self.seen(image_id)["State"], self.snapshots(image_id)[0]["Progress"]), ("available", "100%"))


if __name__ == "__main__":
    unittest.main()
