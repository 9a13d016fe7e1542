"""The corrections over moto in EC2, seen through boto3."""
from __future__ import annotations

import unittest
import uuid
from typing import Any

from harness import WithShim


class Endpoints(WithShim):
    def test_an_instance_connect_endpoint_lives_and_dies_like_in_ec2(self) -> None:
        ec2 = self.shim.client("ec2")
        vpc, subnet = self.network(ec2)
        tags = [{"ResourceType": "instance-connect-endpoint", "Tags": [{"Key": "Name", "Value": "e"}]}]
        asked = {"SubnetId": subnet, "ClientToken": "t-1", "TagSpecifications": tags}
        made = ec2.create_instance_connect_endpoint(**asked)["InstanceConnectEndpoint"]
        self.assertEqual((made["State"], made["VpcId"], made["PreserveClientIp"]), ("create-complete", vpc, False))
        self.assertRegex(made["DnsName"], r"^eice-[0-9a-f]{17}\.[0-9a-f]{8}\.ec2-instance-connect-endpoint\.us-west-2\.amazonaws\.com$")
        default = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"][0]["GroupId"]
        self.assertEqual(made["SecurityGroupIds"], [default])
        self.assertEqual(ec2.create_instance_connect_endpoint(**asked)["InstanceConnectEndpoint"]["InstanceConnectEndpointId"], made["InstanceConnectEndpointId"])
        self.fails("InstanceConnectEndpointLimitExceeded", ec2.create_instance_connect_endpoint, SubnetId=subnet)
        self.fails("InvalidSubnetID.NotFound", ec2.create_instance_connect_endpoint, SubnetId="subnet-00000000")

        endpoint = made["InstanceConnectEndpointId"]
        ec2.create_tags(Resources=[endpoint], Tags=[{"Key": "a", "Value": "b"}])
        ec2.delete_tags(Resources=[endpoint], Tags=[{"Key": "Name"}])
        for name, value, found in (("state", "create-complete", 1), ("vpc-id", vpc, 1), ("subnet-id", "subnet-1", 0), ("tag:a", "b", 1), ("tag:Name", "e", 0)):
            listed = ec2.describe_instance_connect_endpoints(Filters=[{"Name": name, "Values": [value]}])["InstanceConnectEndpoints"]
            self.assertEqual(len(listed), found, name)
        ec2.modify_instance_connect_endpoint(InstanceConnectEndpointId=endpoint, PreserveClientIp=True)
        self.assertTrue(ec2.describe_instance_connect_endpoints(InstanceConnectEndpointIds=[endpoint])["InstanceConnectEndpoints"][0]["PreserveClientIp"])
        self.assertEqual(ec2.delete_instance_connect_endpoint(InstanceConnectEndpointId=endpoint)["InstanceConnectEndpoint"]["State"], "delete-in-progress")
        self.fails("InvalidInstanceConnectEndpointId.NotFound", ec2.describe_instance_connect_endpoints, InstanceConnectEndpointIds=[endpoint])

    def test_describing_endpoints_goes_page_by_page(self) -> None:
        ec2 = self.shim.client("ec2")
        wanted = {ec2.create_instance_connect_endpoint(SubnetId=self.network(ec2)[1])["InstanceConnectEndpoint"]["InstanceConnectEndpointId"] for _ in range(3)}
        pages = list(ec2.get_paginator("describe_instance_connect_endpoints").paginate(PaginationConfig={"PageSize": 1}))
        self.assertGreaterEqual(len(pages), 3)
        self.assertLessEqual(wanted, {e["InstanceConnectEndpointId"] for page in pages for e in page["InstanceConnectEndpoints"]})


class NatGateways(WithShim):
    def test_a_nat_gateway_that_is_deleted_stands_in_nobodys_way(self) -> None:
        ec2 = self.shim.client("ec2")
        vpc, subnet = self.network(ec2)
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        gateway = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
        mine = [{"Name": "vpc-id", "Values": [vpc]}]
        self.assertEqual(len(ec2.describe_network_interfaces(Filters=mine)["NetworkInterfaces"]), 1)
        ec2.delete_nat_gateway(NatGatewayId=gateway)
        self.assertEqual(ec2.describe_network_interfaces(Filters=mine)["NetworkInterfaces"], [])
        self.assertNotIn("AssociationId", ec2.describe_addresses(AllocationIds=[address])["Addresses"][0])
        ec2.release_address(AllocationId=address)
        ec2.delete_subnet(SubnetId=subnet)
        ec2.delete_vpc(VpcId=vpc)


class Images(WithShim):
    def bake(self, ec2: Any, name: str, **more: Any) -> tuple[str, dict[str, Any]]:
        root = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30, "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}}
        instance = self.launch(ec2, BlockDeviceMappings=[root])["InstanceId"]
        image = ec2.create_image(InstanceId=instance, Name=name, **more)["ImageId"]
        return image, ec2.describe_images(ImageIds=[image])["Images"][0]

    def test_an_image_is_what_its_instance_was(self) -> None:
        ec2, name = self.shim.client("ec2"), str(uuid.uuid4())
        tags = [{"ResourceType": kind, "Tags": [{"Key": "k", "Value": kind}]} for kind in ("image", "snapshot")]
        image, seen = self.bake(ec2, name, TagSpecifications=tags)
        ebs = seen["BlockDeviceMappings"][0]["Ebs"]
        self.assertEqual((seen["RootDeviceName"], seen["Architecture"], seen["Tags"]), ("/dev/xvda", "arm64", [{"Key": "k", "Value": "image"}]))
        self.assertEqual((ebs["VolumeSize"], ebs["VolumeType"], ebs["Encrypted"]), (30, "gp3", True))
        snapshot = ec2.describe_snapshots(SnapshotIds=[ebs["SnapshotId"]])["Snapshots"][0]
        self.assertEqual((snapshot["VolumeSize"], snapshot["Encrypted"], snapshot["Tags"]), (30, True, [{"Key": "k", "Value": "snapshot"}]))
        self.fails("InvalidAMIName.Duplicate", ec2.create_image, InstanceId=seen["SourceInstanceId"], Name=name)
        second = self.launch(ec2, ImageId=image)
        volume = second["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
        self.assertEqual([(v["Size"], v["Encrypted"], v["VolumeType"]) for v in ec2.describe_volumes(VolumeIds=[volume])["Volumes"]], [(30, True, "gp3")])

    def test_copies_keep_or_gain_encryption_and_tags_on_request(self) -> None:
        ec2, there = self.shim.client("ec2"), self.shim.client("ec2", "eu-central-1")
        image, _seen = self.bake(ec2, str(uuid.uuid4()), TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "k", "Value": "v"}]}])
        for copy_tags, tags in ((True, [{"Key": "k", "Value": "v"}]), (False, [])):
            copied = there.copy_image(SourceImageId=image, SourceRegion="us-west-2", Name=str(uuid.uuid4()), Encrypted=True, CopyImageTags=copy_tags)["ImageId"]
            seen = there.describe_images(ImageIds=[copied])["Images"][0]
            self.assertEqual((seen["BlockDeviceMappings"][0]["Ebs"]["Encrypted"], seen["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"], seen.get("Tags", [])), (True, 30, tags))

    def test_registering_honours_what_is_asked(self) -> None:
        ec2 = self.shim.client("ec2")
        _image, baked = self.bake(ec2, str(uuid.uuid4()))
        mapping = [{"DeviceName": "/dev/sdq", "Ebs": {"SnapshotId": baked["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"], "VolumeType": "gp3"}}]
        made = ec2.register_image(Name=str(uuid.uuid4()), Architecture="arm64", RootDeviceName="/dev/sdq", VirtualizationType="hvm", BlockDeviceMappings=mapping,
                                  ImdsSupport="v2.0", TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "k", "Value": "v"}]}])["ImageId"]
        seen = ec2.describe_images(ImageIds=[made])["Images"][0]
        self.assertEqual((seen["Architecture"], seen["RootDeviceName"], seen["ImdsSupport"], seen["Tags"]), ("arm64", "/dev/sdq", "v2.0", [{"Key": "k", "Value": "v"}]))
        self.assertEqual(seen["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"], 30)

    def test_attributes_protection_and_removal(self) -> None:
        ec2 = self.shim.client("ec2")
        image, seen = self.bake(ec2, str(uuid.uuid4()))
        ec2.modify_image_attribute(ImageId=image, Description={"Value": "new words"})
        ec2.modify_image_attribute(ImageId=image, ImdsSupport={"Value": "v2.0"})
        ec2.enable_image_deprecation(ImageId=image, DeprecateAt="2031-01-01T00:00:00Z")
        seen = ec2.describe_images(ImageIds=[image])["Images"][0]
        self.assertEqual((seen["Description"], seen["ImdsSupport"], seen["DeprecationTime"]), ("new words", "v2.0", "2031-01-01T00:00:00.000Z"))
        ec2.disable_image_deprecation(ImageId=image)
        self.assertNotIn("DeprecationTime", ec2.describe_images(ImageIds=[image])["Images"][0])
        ec2.enable_image_deregistration_protection(ImageId=image)
        self.fails("OperationNotPermitted", ec2.deregister_image, ImageId=image)
        ec2.disable_image_deregistration_protection(ImageId=image)
        snapshot = seen["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
        ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)
        self.assertEqual(ec2.describe_images(ImageIds=[image])["Images"], [])
        self.fails("InvalidSnapshot.NotFound", ec2.describe_snapshots, SnapshotIds=[snapshot])
        self.fails("AuthFailure", ec2.deregister_image, ImageId=self.image())

    def test_block_public_access_stops_public_images(self) -> None:
        ec2 = self.shim.client("ec2")
        image, _seen = self.bake(ec2, str(uuid.uuid4()))
        self.assertEqual(ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"], "unblocked")
        ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
        self.fails("OperationNotPermitted", ec2.modify_image_attribute, ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})
        ec2.disable_image_block_public_access()
        ec2.enable_snapshot_block_public_access(State="block-all-sharing")
        self.assertEqual(ec2.get_snapshot_block_public_access_state()["State"], "block-all-sharing")


class Instances(WithShim):
    def test_the_same_client_token_launches_once(self) -> None:
        ec2 = self.shim.client("ec2")
        first = self.launch(ec2, ClientToken="once")["InstanceId"]
        self.assertEqual(self.launch(ec2, ClientToken="once")["InstanceId"], first)
        self.fails("IdempotentParameterMismatch", self.launch, ec2=ec2, ClientToken="once", InstanceType="t4g.large")
        self.assertNotEqual(self.launch(ec2, ClientToken="twice")["InstanceId"], first)

    def test_architecture_and_profile_are_checked(self) -> None:
        ec2 = self.shim.client("ec2")
        self.assertIn("does not match the architecture 'arm64'", self.fails("InvalidParameterValue", self.launch, ec2=ec2, InstanceType="t3.micro"))
        message = self.fails("InvalidParameterValue", self.launch, ec2=ec2, IamInstanceProfile={"Name": "nope"})
        self.assertEqual(message, "Value (nope) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name")

    def test_options_are_kept_and_the_rest_comes_from_template_account_and_image(self) -> None:
        ec2 = self.shim.client("ec2")
        given = {"HttpTokens": "optional", "HttpPutResponseHopLimit": 3, "HttpEndpoint": "enabled", "InstanceMetadataTags": "enabled"}
        self.assertLessEqual(given.items(), self.launch(ec2, MetadataOptions=given)["MetadataOptions"].items())
        self.assertEqual(self.launch(ec2)["MetadataOptions"]["HttpTokens"], "required")  # AL2023 says so
        tags = [{"ResourceType": "launch-template", "Tags": [{"Key": "k", "Value": "v"}]}]
        data = {"InstanceType": "t4g.small", "MetadataOptions": {"HttpPutResponseHopLimit": 5}, "Monitoring": {"Enabled": True}}
        template = ec2.create_launch_template(LaunchTemplateName="template", LaunchTemplateData=data, TagSpecifications=tags)["LaunchTemplate"]["LaunchTemplateId"]
        made = ec2.run_instances(ImageId=self.image(), MinCount=1, MaxCount=1, LaunchTemplate={"LaunchTemplateId": template})["Instances"][0]
        self.assertEqual((made["MetadataOptions"]["HttpPutResponseHopLimit"], made["Monitoring"]["State"], made["InstanceType"]), (5, "enabled", "t4g.small"))
        self.assertNotIn("TagSpecifications", ec2.describe_launch_template_versions(LaunchTemplateId=template)["LaunchTemplateVersions"][0]["LaunchTemplateData"])
        ec2.modify_instance_metadata_options(InstanceId=made["InstanceId"], HttpTokens="optional")
        changed = ec2.describe_instances(InstanceIds=[made["InstanceId"]])["Reservations"][0]["Instances"][0]["MetadataOptions"]
        self.assertEqual((changed["HttpTokens"], changed["HttpPutResponseHopLimit"]), ("optional", 5))
        ec2.modify_instance_metadata_defaults(InstanceMetadataTags="enabled")
        self.assertEqual(ec2.get_instance_metadata_defaults()["AccountLevel"]["InstanceMetadataTags"], "enabled")
        self.assertEqual(self.launch(ec2)["MetadataOptions"]["InstanceMetadataTags"], "enabled")
        ec2.modify_instance_metadata_defaults(InstanceMetadataTags="no-preference")

    def test_monitoring_is_switched(self) -> None:
        ec2 = self.shim.client("ec2")
        instance = self.launch(ec2)["InstanceId"]
        state = lambda: ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["Monitoring"]["State"]  # noqa: E731
        self.assertEqual(ec2.monitor_instances(InstanceIds=[instance])["InstanceMonitorings"][0]["Monitoring"]["State"], "pending")
        self.assertEqual(state(), "enabled")
        ec2.unmonitor_instances(InstanceIds=[instance])
        self.assertEqual(state(), "disabled")

    def test_a_change_that_is_not_understood_leaves_the_groups_alone(self) -> None:
        ec2 = self.shim.client("ec2")
        made = self.launch(ec2)
        ec2.modify_instance_attribute(InstanceId=made["InstanceId"], InstanceInitiatedShutdownBehavior={"Value": "terminate"})
        now = ec2.describe_instances(InstanceIds=[made["InstanceId"]])["Reservations"][0]["Instances"][0]
        self.assertEqual((now["SecurityGroups"], len(now["SecurityGroups"])), (made["SecurityGroups"], 1))


class Groups(WithShim):
    def test_the_description_of_a_rule_from_a_group_is_kept_and_changed(self) -> None:
        ec2 = self.shim.client("ec2")
        vpc, _subnet = self.network(ec2)
        box, door = (ec2.create_security_group(GroupName=n, Description=n, VpcId=vpc)["GroupId"] for n in ("box", "door"))
        pair = {"GroupId": door, "Description": "SSH from the door"}
        rule = ec2.authorize_security_group_ingress(GroupId=box, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [pair]}])["SecurityGroupRules"][0]
        seen = lambda: ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])["SecurityGroupRules"][0]  # noqa: E731
        self.assertEqual((seen()["Description"], seen()["ReferencedGroupInfo"]["GroupId"]), ("SSH from the door", door))
        wanted = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "ReferencedGroupId": door, "Description": "other words"}
        ec2.modify_security_group_rules(GroupId=box, SecurityGroupRules=[{"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "SecurityGroupRule": wanted}])
        self.assertEqual(seen()["Description"], "other words")
        self.fails("DependencyViolation", ec2.delete_security_group, GroupId=door)
        ec2.revoke_security_group_ingress(GroupId=box, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
        ec2.delete_security_group(GroupId=door)

    def test_a_group_of_a_living_instance_stays(self) -> None:
        ec2 = self.shim.client("ec2")
        vpc, subnet = self.network(ec2)
        group = ec2.create_security_group(GroupName="used", Description="d", VpcId=vpc)["GroupId"]
        instance = self.launch(ec2, SubnetId=subnet, SecurityGroupIds=[group])["InstanceId"]
        self.fails("DependencyViolation", ec2.delete_security_group, GroupId=group)
        ec2.terminate_instances(InstanceIds=[instance])
        ec2.delete_security_group(GroupId=group)
        default = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"][0]["GroupId"]
        self.fails("CannotDelete", ec2.delete_security_group, GroupId=default)


if __name__ == "__main__":
    unittest.main()
