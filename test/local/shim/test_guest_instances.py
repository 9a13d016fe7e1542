"""Instances with real machines behind them: states, checks, what is refused, what the gateway reads and tells."""
from __future__ import annotations

import base64
import unittest
import uuid
from typing import Any

from harness import ACCOUNT, REGION, Shim, WithShim

TRUST = '{"Version":"2012-10-17","Statement":[]}'


class WithGuests(WithShim):
    def setUp(self) -> None:
        self.ec2 = self.shim.client("ec2", guests=True)

    def seen(self, instance_id: str) -> dict[str, Any]:
        return self.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]

    def state_of(self, instance_id: str) -> tuple[int, str]:
        state = self.seen(instance_id)["State"]
        return state["Code"], state["Name"]

    def tell(self, instance_id: str, state: str | None = None, **more: Any) -> bool:
        status, answer = self.shim.tell("instance-state", instanceId=instance_id, **({"state": state} if state else {}), **more)
        self.assertEqual(status, 200, answer)
        return answer["changed"]

    def running(self, **arguments: Any) -> str:
        instance_id = self.launch(self.ec2, **arguments)["InstanceId"]
        self.assertTrue(self.tell(instance_id, "running"))
        return instance_id

    def stopped(self, **arguments: Any) -> str:
        instance_id = self.running(**arguments)
        self.ec2.stop_instances(InstanceIds=[instance_id])
        self.tell(instance_id, "stopped")
        return instance_id

    def book(self, instance_id: str) -> dict[str, Any]:
        return self.shim.ask(f"instances?id={instance_id}")["instances"][0]


def change(answer: dict[str, Any]) -> tuple[str, str]:
    row = next(rows for name, rows in answer.items() if name.endswith("Instances"))[0]
    return row["PreviousState"]["Name"], row["CurrentState"]["Name"]


class States(WithGuests):
    def test_a_life(self) -> None:
        made = self.launch(self.ec2)
        i = made["InstanceId"]
        self.assertEqual((made["State"], self.state_of(i)), ({"Code": 0, "Name": "pending"}, (0, "pending")))
        self.assertTrue(self.tell(i, "running"))
        self.assertEqual(self.state_of(i), (16, "running"))
        self.assertEqual(change(self.ec2.start_instances(InstanceIds=[i])), ("running", "running"))
        self.ec2.reboot_instances(InstanceIds=[i])
        self.assertEqual(self.state_of(i), (16, "running"))

        self.assertEqual(change(self.ec2.stop_instances(InstanceIds=[i])), ("running", "stopping"))
        self.assertEqual(change(self.ec2.stop_instances(InstanceIds=[i], Force=True)), ("stopping", "stopping"))
        self.assertIn("from which it can be started", self.fails("IncorrectInstanceState", self.ec2.start_instances, InstanceIds=[i]))
        self.fails("IncorrectInstanceState", self.ec2.reboot_instances, InstanceIds=[i])
        self.assertTrue(self.tell(i, "stopped"))
        seen = self.seen(i)
        self.assertEqual((seen["State"]["Code"], seen["StateReason"]["Code"]), (80, "Client.UserInitiatedShutdown"))
        self.assertRegex(seen["StateTransitionReason"], r"^User initiated \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT\)$")
        self.assertEqual(change(self.ec2.stop_instances(InstanceIds=[i])), ("stopped", "stopped"))

        self.assertEqual(change(self.ec2.start_instances(InstanceIds=[i])), ("stopped", "pending"))
        self.assertEqual(self.state_of(i), (0, "pending"))
        self.assertEqual(change(self.ec2.start_instances(InstanceIds=[i])), ("pending", "pending"))
        self.tell(i, "running")
        self.assertEqual(self.seen(i)["StateTransitionReason"], "")

        self.assertEqual(change(self.ec2.terminate_instances(InstanceIds=[i])), ("running", "shutting-down"))
        self.assertEqual(self.state_of(i), (32, "shutting-down"))
        self.assertEqual(change(self.ec2.terminate_instances(InstanceIds=[i])), ("shutting-down", "shutting-down"))
        self.fails("IncorrectInstanceState", self.ec2.stop_instances, InstanceIds=[i])
        self.assertTrue(self.tell(i, "terminated"))
        self.assertEqual((self.state_of(i), self.seen(i)["StateReason"]["Code"]), ((48, "terminated"), "Client.UserInitiatedShutdown"))
        self.assertEqual(change(self.ec2.terminate_instances(InstanceIds=[i])), ("terminated", "terminated"))
        for refused in (self.ec2.start_instances, self.ec2.stop_instances):
            self.fails("IncorrectInstanceState", refused, InstanceIds=[i])

    def test_the_waiters_of_the_sdk(self) -> None:
        instance_id, now = self.running(), {"Delay": 1, "MaxAttempts": 1}
        self.ec2.get_waiter("instance_running").wait(InstanceIds=[instance_id], WaiterConfig=now)
        self.tell(instance_id, status="ok")
        self.ec2.get_waiter("instance_status_ok").wait(InstanceIds=[instance_id], WaiterConfig=now)
        self.ec2.stop_instances(InstanceIds=[instance_id])
        self.tell(instance_id, "stopped")
        self.ec2.get_waiter("instance_stopped").wait(InstanceIds=[instance_id], WaiterConfig=now)
        self.ec2.terminate_instances(InstanceIds=[instance_id])
        self.tell(instance_id, "terminated")
        self.ec2.get_waiter("instance_terminated").wait(InstanceIds=[instance_id], WaiterConfig=now)

    def test_a_machine_that_never_ran_cannot_be_stopped(self) -> None:
        i = self.launch(self.ec2)["InstanceId"]
        message = self.fails("IncorrectInstanceState", self.ec2.stop_instances, InstanceIds=[i])
        self.assertEqual(message, f"Instance '{i}' cannot be stopped as it has never reached the 'running' state.")
        again = self.stopped()
        self.ec2.start_instances(InstanceIds=[again])
        self.assertEqual(change(self.ec2.stop_instances(InstanceIds=[again])), ("pending", "stopping"))

    def test_one_that_is_refused_spares_the_others(self) -> None:
        good, protected = self.running(), self.running(DisableApiTermination=True, DisableApiStop=True)
        self.assertIn("disableApiTermination", self.fails("OperationNotPermitted", self.ec2.terminate_instances, InstanceIds=[good, protected]))
        self.assertIn("may not be stopped", self.fails("OperationNotPermitted", self.ec2.stop_instances, InstanceIds=[good, protected]))
        self.assertEqual((self.state_of(good)[1], self.state_of(protected)[1]), ("running", "running"))
        self.ec2.modify_instance_attribute(InstanceId=protected, DisableApiTermination={"Value": False})
        self.ec2.terminate_instances(InstanceIds=[good, protected])
        self.fails("InvalidInstanceID.NotFound", self.ec2.terminate_instances, InstanceIds=["i-00000000000000000"])

    def test_everything_is_given_back_when_it_is_terminated_and_not_before(self) -> None:
        vpc, subnet = self.network(self.ec2)
        group = self.ec2.create_security_group(GroupName=str(uuid.uuid4()), Description="d", VpcId=vpc)["GroupId"]
        kept = {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 5, "DeleteOnTermination": False}}
        i = self.running(SubnetId=subnet, SecurityGroupIds=[group], BlockDeviceMappings=[kept])
        extra = self.ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
        self.ec2.attach_network_interface(NetworkInterfaceId=extra, InstanceId=i, DeviceIndex=1)
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        self.ec2.associate_address(AllocationId=address, InstanceId=i)
        before = self.seen(i)
        volumes = {m["DeviceName"]: m["Ebs"]["VolumeId"] for m in before["BlockDeviceMappings"]}
        nic = before["NetworkInterfaces"][0]["NetworkInterfaceId"]

        self.ec2.terminate_instances(InstanceIds=[i])
        during = self.seen(i)
        for shown in ("NetworkInterfaces", "BlockDeviceMappings", "SecurityGroups", "PrivateIpAddress"):
            self.assertEqual(during[shown], before[shown])
        self.fails("DependencyViolation", self.ec2.delete_security_group, GroupId=group)
        self.fails("VolumeInUse", self.ec2.delete_volume, VolumeId=volumes["/dev/sdf"])
        self.assertEqual(self.ec2.describe_addresses(AllocationIds=[address])["Addresses"][0]["InstanceId"], i)

        self.assertTrue(self.tell(i, "terminated"))
        self.assertFalse(self.tell(i, "terminated"))
        self.fails("InvalidVolume.NotFound", self.ec2.describe_volumes, VolumeIds=[volumes["/dev/xvda"]])
        self.assertEqual(self.ec2.describe_volumes(VolumeIds=[volumes["/dev/sdf"]])["Volumes"][0]["State"], "available")
        self.fails("InvalidNetworkInterfaceID.NotFound", self.ec2.describe_network_interfaces, NetworkInterfaceIds=[nic])
        left = self.ec2.describe_network_interfaces(NetworkInterfaceIds=[extra])["NetworkInterfaces"][0]
        self.assertEqual((left["Status"], left.get("Attachment")), ("available", None))
        self.assertFalse(self.ec2.describe_addresses(AllocationIds=[address])["Addresses"][0].get("InstanceId"))
        self.assertEqual(self.book(i)["volumes"], [])
        self.ec2.delete_network_interface(NetworkInterfaceId=extra)
        self.ec2.delete_security_group(GroupId=group)
        self.ec2.delete_subnet(SubnetId=subnet)
        self.ec2.delete_vpc(VpcId=vpc)
        self.assertEqual(self.book(i)["network"]["vpcId"], vpc)

    def test_what_only_a_stopped_instance_can_change(self) -> None:
        i = self.running()
        for attribute in ({"UserData": {"Value": b"new"}}, {"InstanceType": {"Value": "t4g.large"}}, {"Attribute": "userData", "Value": "bmV3"}):
            message = self.fails("IncorrectInstanceState", self.ec2.modify_instance_attribute, InstanceId=i, **attribute)
            self.assertEqual(message, f"The instance '{i}' is not in the 'stopped' state.")
        self.ec2.modify_instance_attribute(InstanceId=i, InstanceInitiatedShutdownBehavior={"Value": "terminate"})
        self.ec2.modify_instance_metadata_options(InstanceId=i, HttpTokens="optional", HttpPutResponseHopLimit=7, InstanceMetadataTags="enabled")
        self.ec2.stop_instances(InstanceIds=[i])
        self.fails("IncorrectInstanceState", self.ec2.modify_instance_attribute, InstanceId=i, InstanceType={"Value": "t4g.large"})
        self.tell(i, "stopped")
        self.ec2.modify_instance_attribute(InstanceId=i, InstanceType={"Value": "t4g.large"})
        self.ec2.modify_instance_attribute(InstanceId=i, UserData={"Value": b"new"})
        book = self.book(i)
        self.assertEqual((book["instanceType"], base64.b64decode(book["userData"]), book["shutdownBehavior"]), ("t4g.large", b"new", "terminate"))
        self.assertEqual(book["metadata"], {"endpoint": "enabled", "tokens": "optional", "hopLimit": 7, "instanceTags": "enabled"})

    def test_without_machines_everything_is_done_at_once_as_before(self) -> None:
        plain, left = self.shim.client("ec2"), self.launch(self.ec2)["InstanceId"]
        i = self.launch(plain)["InstanceId"]
        self.assertEqual(self.state_of(i), (16, "running"))
        self.assertEqual(change(plain.stop_instances(InstanceIds=[i])), ("running", "stopping"))
        self.assertEqual(self.state_of(i), (80, "stopped"))
        self.assertEqual(change(plain.start_instances(InstanceIds=[i])), ("stopped", "pending"))
        self.assertEqual(change(plain.terminate_instances(InstanceIds=[i])), ("running", "shutting-down"))
        self.assertEqual(self.state_of(i), (48, "terminated"))
        # One that was left pending while there were machines is not stuck.
        plain.stop_instances(InstanceIds=[left])
        self.assertEqual(self.state_of(left), (80, "stopped"))


class Launch(WithGuests):
    def test_only_images_with_content_get_a_machine(self) -> None:
        foreign = next(i for i in self.ec2.describe_images(Owners=["amazon"])["Images"] if not i.get("Name", "").startswith("al2023-ami-") and i["Architecture"] == "x86_64")
        message = self.fails("UnsupportedOperation", self.launch, ec2=self.ec2, ImageId=foreign["ImageId"], InstanceType="t3.micro")
        self.assertIn("machines for Amazon Linux 2023 and images made from it only", message)
        self.assertIn(foreign["ImageId"], message)
        self.fails("UnsupportedOperation", self.ec2.copy_image, SourceImageId=foreign["ImageId"], SourceRegion=REGION, Name=str(uuid.uuid4()))
        self.launch(self.shim.client("ec2"), ImageId=foreign["ImageId"], InstanceType="t3.micro")

    def test_the_checks_of_a_launch_stay(self) -> None:
        self.assertEqual(self.launch(self.ec2, ClientToken="g")["InstanceId"], self.launch(self.ec2, ClientToken="g")["InstanceId"])
        self.fails("IdempotentParameterMismatch", self.launch, ec2=self.ec2, ClientToken="g", InstanceType="t4g.large")
        self.fails("InvalidParameterValue", self.launch, ec2=self.ec2, InstanceType="t3.micro")
        self.fails("InvalidParameterValue", self.launch, ec2=self.ec2, IamInstanceProfile={"Name": "nope"})

    def test_a_refused_launch_leaves_no_instance(self) -> None:
        ids = lambda: {i["instanceId"] for i in self.shim.ask("instances")["instances"]}  # noqa: E731
        before = ids()
        bad = {"DeviceName": "/dev/sdf", "Ebs": {"SnapshotId": "snap-00000000000000000"}}
        self.fails("InvalidSnapshot.NotFound", self.launch, ec2=self.ec2, BlockDeviceMappings=[bad])
        self.assertEqual(ids(), before)


class Status(WithGuests):
    def status(self, *ids: str, **more: Any) -> list[tuple[str, str, str]]:
        rows = self.ec2.describe_instance_status(InstanceIds=list(ids), **more)["InstanceStatuses"]
        return [(r["InstanceState"]["Name"], r["InstanceStatus"]["Status"], r["SystemStatus"]["Status"]) for r in rows]

    def test_checks_follow_the_machine(self) -> None:
        i = self.launch(self.ec2)["InstanceId"]
        self.assertEqual(self.status(i), [])
        self.assertEqual(self.status(i, IncludeAllInstances=True), [("pending", "not-applicable", "not-applicable")])
        self.tell(i, "running")
        self.assertEqual(self.status(i), [("running", "initializing", "initializing")])
        row = self.ec2.describe_instance_status(InstanceIds=[i])["InstanceStatuses"][0]
        self.assertEqual((row["InstanceStatus"]["Details"], row["AvailabilityZone"]), ([{"Name": "reachability", "Status": "initializing"}], "us-west-2a"))
        self.assertTrue(self.tell(i, status="ok"))
        self.assertFalse(self.tell(i, status="ok"))
        self.assertEqual(self.status(i), [("running", "ok", "ok")])
        self.assertTrue(self.tell(i, status="impaired"))
        self.assertEqual(self.status(i), [("running", "impaired", "ok")])
        detail = self.ec2.describe_instance_status(InstanceIds=[i])["InstanceStatuses"][0]["InstanceStatus"]["Details"][0]
        self.assertEqual((detail["Status"], "ImpairedSince" in detail), ("failed", True))
        self.ec2.stop_instances(InstanceIds=[i])
        self.assertEqual(self.status(i, IncludeAllInstances=True), [("stopping", "not-applicable", "not-applicable")])
        self.tell(i, "stopped")
        self.ec2.start_instances(InstanceIds=[i])
        self.tell(i, "running")
        self.assertEqual(self.status(i), [("running", "initializing", "initializing")])
        given = self.launch(self.ec2)["InstanceId"]
        self.tell(given, "running", status="ok")
        self.assertEqual(self.status(given), [("running", "ok", "ok")])
        plain = self.shim.client("ec2").describe_instance_status(InstanceIds=[i])["InstanceStatuses"][0]
        self.assertEqual(plain["InstanceStatus"]["Status"], "ok")

    def test_filters_and_pages(self) -> None:
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "set", "Value": "filters"}]}]
        pending = self.launch(self.ec2, TagSpecifications=tags)["InstanceId"]
        booting, fine = self.running(TagSpecifications=tags), self.running(TagSpecifications=tags)
        self.tell(fine, status="ok")
        for name, value, found in (
            ("instance-status.status", "ok", {fine}), ("instance-status.reachability", "initializing", {booting}), ("system-status.status", "init*", {booting}),
            ("instance-state-name", "pending", {pending}), ("instance-state-code", "16", {booting, fine}), ("availability-zone", "us-west-2b", set()),
            ("event.code", "*", set()), ("tag:set", "filters", {pending, booting, fine}),
        ):
            filters = [{"Name": "tag:set", "Values": ["filters"]}, {"Name": name, "Values": [value]}]
            pages = self.ec2.get_paginator("describe_instance_status").paginate(IncludeAllInstances=True, Filters=filters, PaginationConfig={"PageSize": 1})
            self.assertEqual({s["InstanceId"] for page in pages for s in page["InstanceStatuses"]}, found, name)
        self.fails("InvalidParameterValue", self.ec2.describe_instance_status, Filters=[{"Name": "nonsense", "Values": ["x"]}])


class Books(WithGuests):
    def test_an_instance_in_the_shape_of_the_gateway(self) -> None:
        vpc, subnet = self.network(self.ec2)
        iam, name = self.shim.client("iam"), f"p-{uuid.uuid4()}"
        key = str(uuid.uuid4())
        public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7O6Dk1k0FvO1r5m9Wc4r5Q2v2mC9R7Cq0m0b8x0tTt me@here"
        self.ec2.import_key_pair(KeyName=key, PublicKeyMaterial=public.encode())
        profile = iam.create_instance_profile(InstanceProfileName=name)["InstanceProfile"]
        i = self.launch(
            self.ec2, SubnetId=subnet, KeyName=key, UserData="#!/bin/sh\n", IamInstanceProfile={"Name": name}, InstanceInitiatedShutdownBehavior="terminate",
            BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 5, "DeleteOnTermination": False}}],
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "box"}]}])
        book, nic = self.book(i["InstanceId"]), i["NetworkInterfaces"][0]
        image = self.ec2.describe_images(ImageIds=[i["ImageId"]])["Images"][0]
        volumes = {m["DeviceName"]: m["Ebs"]["VolumeId"] for m in self.seen(i["InstanceId"])["BlockDeviceMappings"]}
        self.assertEqual(book["profile"], {"arn": profile["Arn"], "id": profile["InstanceProfileId"], "roleName": None})
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
        group = nic["Groups"][0]
        self.assertEqual(self.book(i["InstanceId"]), {
            "instanceId": i["InstanceId"], "region": REGION, "accountId": ACCOUNT, "state": "pending", "instanceType": "t4g.medium",
            "launchTime": i["LaunchTime"].strftime("%Y-%m-%dT%H:%M:%S.000Z"), "launchIndex": 0, "reservationId": book["reservationId"], "shutdownBehavior": "terminate",
            "image": {"imageId": i["ImageId"], "name": image["Name"], "ownerId": image["OwnerId"], "architecture": "arm64"},
            "userData": base64.b64encode(b"#!/bin/sh\n").decode(),
            "metadata": {"endpoint": "enabled", "tokens": "required", "hopLimit": 2, "instanceTags": "disabled"},
            "tags": {"Name": "box"},
            "network": {
                "privateIp": i["PrivateIpAddress"], "privateDnsName": i["PrivateDnsName"], "mac": nic["MacAddress"], "interfaceId": nic["NetworkInterfaceId"],
                "subnetId": subnet, "subnetCidr": "10.9.1.0/24", "vpcId": vpc, "vpcCidr": "10.9.0.0/16", "availabilityZone": i["Placement"]["AvailabilityZone"],
                "availabilityZoneId": self.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailabilityZoneId"],
                "securityGroups": [{"id": group["GroupId"], "name": group["GroupName"]}],
            },
            "profile": {"arn": profile["Arn"], "id": profile["InstanceProfileId"], "roleName": name},
            "key": {"name": key, "publicKey": public},
            "volumes": [
                {"volumeId": volumes["/dev/xvda"], "device": "/dev/xvda", "root": True, "sizeGiB": 8, "deleteOnTermination": True,
                 "snapshotId": image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]},
                {"volumeId": volumes["/dev/sdf"], "device": "/dev/sdf", "root": False, "sizeGiB": 5, "deleteOnTermination": False, "snapshotId": None},
            ],
        })
        bare = self.book(self.launch(self.ec2)["InstanceId"])
        self.assertEqual((bare["userData"], bare["profile"], bare["key"], bare["tags"]), (None, None, None, {}))

    def test_listing_leaves_out_the_terminated_unless_they_are_named(self) -> None:
        there = self.shim.client("ec2", "eu-central-1", guests=True)
        image = there.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["al2023-ami-2023*"]}, {"Name": "architecture", "Values": ["arm64"]}])["Images"][0]
        far, gone, here = self.launch(there, ImageId=image["ImageId"])["InstanceId"], self.running(), self.running()
        self.tell(gone, "terminated")
        listed = {i["instanceId"]: i["region"] for i in self.shim.ask("instances")["instances"]}
        self.assertEqual((listed[far], listed[here]), ("eu-central-1", REGION))
        self.assertNotIn(gone, listed)
        named = self.shim.ask(f"instances?id={gone}&id={far}")["instances"]
        self.assertEqual({i["instanceId"]: i["state"] for i in named}, {gone: "terminated", far: "pending"})
        self.assertTrue(self.tell(far, "running"))

    def test_news_with_a_reason(self) -> None:
        i = self.running()
        off = {"code": "Client.InstanceInitiatedShutdown", "message": "Instance initiated shutdown"}
        self.assertTrue(self.tell(i, "stopped", reason=off))
        self.assertFalse(self.tell(i, "stopped", reason=off))
        seen = self.seen(i)
        text = "Client.InstanceInitiatedShutdown: Instance initiated shutdown"
        self.assertEqual((seen["State"]["Name"], seen["StateReason"], seen["StateTransitionReason"]), ("stopped", {"Code": off["code"], "Message": text}, text))
        broken = self.launch(self.ec2)["InstanceId"]
        self.tell(broken, "terminated", reason={"code": "Server.InternalError", "message": "Server.InternalError: no engine"})
        self.assertEqual(self.seen(broken)["StateReason"], {"Code": "Server.InternalError", "Message": "Server.InternalError: no engine"})

    def test_late_news_do_not_undo_what_was_asked_for(self) -> None:
        i = self.launch(self.ec2)["InstanceId"]
        self.ec2.terminate_instances(InstanceIds=[i])
        for late in ("running", "stopped", "pending"):
            self.assertFalse(self.tell(i, late))
        self.assertEqual(self.state_of(i)[1], "shutting-down")
        busy = self.running()
        self.assertFalse(self.tell(busy, "stopped", **{"from": ["stopping"]}))
        self.assertTrue(self.tell(busy, "running", status="ok", **{"from": ["pending", "running"]}))
        self.assertEqual(self.state_of(busy)[1], "running")

    def test_what_cannot_be_told(self) -> None:
        i = self.launch(self.ec2)["InstanceId"]
        self.assertEqual(self.shim.tell("instance-state", instanceId="i-none", state="running")[0], 404)
        for body in ({"instanceId": i, "state": "bored"}, {"instanceId": i, "status": "fine"}, {"state": "running"}, {"instanceId": i, "reason": "x"}, {"instanceId": i, "from": "x"}):
            self.assertEqual(self.shim.tell("instance-state", **body)[0], 400, body)
        self.assertEqual(self.shim.raw("POST", "/_shim/instance-state", "{")[0], 400)
        self.assertEqual(self.shim.raw("GET", "/_shim/instance-state")[0], 404)

    def test_the_same_news_under_the_same_id_is_told_once(self) -> None:
        i, request = self.launch(self.ec2)["InstanceId"], str(uuid.uuid4())
        self.assertEqual(self.shim.tell("instance-state", request, instanceId=i, state="running"), (200, {"changed": True, "state": "running"}))
        self.ec2.stop_instances(InstanceIds=[i])
        self.assertEqual(self.shim.tell("instance-state", request, instanceId=i, state="running"), (200, {"changed": True, "state": "running"}))
        self.assertEqual(self.state_of(i)[1], "stopping")


class Restart(WithGuests):
    def test_states_survive_a_kill_in_the_middle(self) -> None:
        ids = {"pending": self.launch(self.ec2)["InstanceId"]}
        for name in ("running", "stopping", "shutting-down"):
            ids[name] = self.running()
        self.tell(ids["running"], status="ok")
        self.ec2.stop_instances(InstanceIds=[ids["stopping"]])
        self.ec2.terminate_instances(InstanceIds=[ids["shutting-down"]])
        cls = type(self)
        cls.shim.kill()
        cls.shim = Shim(self.state, KIRO_SANDBOX_SHIM_COLD="1")
        self.ec2 = self.shim.client("ec2", guests=True)
        listed = {i["instanceId"]: i["state"] for i in self.shim.ask("instances")["instances"]}
        self.assertEqual({name: listed[i] for name, i in ids.items()}, {name: name for name in ids})
        self.assertEqual(self.ec2.describe_instance_status(InstanceIds=[ids["running"]])["InstanceStatuses"][0]["InstanceStatus"]["Status"], "ok")
        self.assertTrue(self.tell(ids["pending"], "running"))
        self.assertTrue(self.tell(ids["stopping"], "stopped"))
        self.assertTrue(self.tell(ids["shutting-down"], "terminated"))


if __name__ == "__main__":
    unittest.main()
