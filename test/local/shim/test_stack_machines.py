"""A stack with a machine and its roles, as the second article has it: made whole, changed and kept as CloudFormation does."""
from __future__ import annotations

import unittest
from pathlib import Path
from typing import Any

from harness import WithShim

TEMPLATE = (Path(__file__).resolve().parents[2] / "adopt" / "fixtures" / "kiro-agent-test.yaml").read_text()
AMI = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"


class Machines(WithShim):
    """One shim for all: each test has a stack of its own."""

    stack = ""

    def make(self, stack: str, image: str = AMI) -> dict[str, str]:
        self.stack = stack
        ec2, cfn = self.shim.client("ec2"), self.shim.client("cloudformation")
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
        group = ec2.create_security_group(VpcId=vpc, GroupName="ssm", Description="ssm")["GroupId"]
        cfn.create_stack(StackName=self.stack, TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_NAMED_IAM"], Parameters=[
            {"ParameterKey": "Subnet", "ParameterValue": subnet}, {"ParameterKey": "SecurityGroup", "ParameterValue": group},
            {"ParameterKey": "AmiId", "ParameterValue": image}])
        return {"subnet": subnet, "group": group}

    def instance(self) -> dict[str, Any]:
        named = [{"Name": "tag:Name", "Values": [f"kiro-{self.stack}"]}, {"Name": "instance-state-name", "Values": ["running"]}]
        [found] = [i for r in self.shim.client("ec2").describe_instances(Filters=named)["Reservations"] for i in r["Instances"]]
        return found

    def test_machine_and_roles_are_what_the_template_says(self) -> None:
        made, iam = self.make("whole"), self.shim.client("iam")
        machine = self.instance()
        self.assertEqual((machine["SubnetId"], [g["GroupId"] for g in machine["SecurityGroups"]], machine["InstanceType"]), (made["subnet"], [made["group"]], "t4g.small"))
        self.assertEqual(machine["MetadataOptions"]["HttpTokens"], "required")
        self.assertEqual(machine["IamInstanceProfile"]["Arn"].split("/")[-1], f"kiro-ec2-{self.stack}")
        self.assertEqual(iam.list_attached_role_policies(RoleName=f"kiro-elevated-{self.stack}")["AttachedPolicies"][0]["PolicyName"], "PowerUserAccess")
        inline = iam.get_role_policy(RoleName=f"kiro-ec2-{self.stack}", PolicyName="AllowAssumeReadOnly")["PolicyDocument"]
        self.assertEqual(inline["Statement"][0]["Resource"], f"arn:aws:iam::111122223333:role/kiro-readonly-{self.stack}")
        volume = self.shim.client("ec2").describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [machine["InstanceId"]]}])["Volumes"][0]
        self.assertEqual((volume["Size"], volume["VolumeType"], volume["Encrypted"]), (10, "gp3", False))

    def announced(self, name: str, body: str, parameters: list[dict[str, Any]]) -> dict[str, tuple[str, list[str]]]:
        cfn = self.shim.client("cloudformation")
        cfn.create_change_set(StackName=self.stack, ChangeSetName=name, ChangeSetType="UPDATE", TemplateBody=body, Parameters=parameters)
        changes = cfn.describe_change_set(StackName=self.stack, ChangeSetName=name)["Changes"]
        return {c["ResourceChange"]["LogicalResourceId"]: (c["ResourceChange"]["Replacement"], c["ResourceChange"]["Scope"]) for c in changes}

    def test_attributes_beside_the_properties_change_nothing_and_retained_things_stay(self) -> None:
        made, cfn = self.make("kept"), self.shim.client("cloudformation")
        before = self.instance()
        body = TEMPLATE.replace("    Type: AWS::EC2::Instance\n", "    Type: AWS::EC2::Instance\n    DeletionPolicy: Retain\n    Metadata: {kept: yes}\n")
        kept = [{"ParameterKey": "Subnet", "UsePreviousValue": True}, {"ParameterKey": "SecurityGroup", "UsePreviousValue": True}]
        self.assertEqual(self.announced("retain", body, kept), {"Ec2Instance": ("False", ["DeletionPolicy", "Metadata"])})
        cfn.execute_change_set(StackName=self.stack, ChangeSetName="retain")
        self.assertEqual(self.instance()["InstanceId"], before["InstanceId"])
        self.assertIn("DeletionPolicy: Retain", str(cfn.get_template(StackName=self.stack)["TemplateBody"]))
        cfn.delete_stack(StackName=self.stack)
        self.assertEqual(self.instance()["InstanceId"], before["InstanceId"])
        self.assertEqual([r["RoleName"] for r in self.shim.client("iam").list_roles()["Roles"] if self.stack in r["RoleName"]], [])
        self.assertEqual(made["subnet"], before["SubnetId"])

    def test_an_image_parameter_that_moved_on_replaces_the_machine(self) -> None:
        cfn, ec2, ssm = self.shim.client("cloudformation"), self.shim.client("ec2"), self.shim.client("ssm")
        ssm.put_parameter(Name="/team/image", Type="String", Value=self.image())
        self.make("moved", "/team/image")
        before = self.instance()
        [shown] = [p for p in cfn.describe_stacks(StackName=self.stack)["Stacks"][0]["Parameters"] if p["ParameterKey"] == "AmiId"]
        self.assertEqual((shown["ParameterValue"], shown["ResolvedValue"]), ("/team/image", before["ImageId"]))
        arm = ec2.describe_images(Filters=[{"Name": "architecture", "Values": ["arm64"]}])["Images"]
        ssm.put_parameter(Name="/team/image", Type="String", Overwrite=True, Value=next(i["ImageId"] for i in arm if i["ImageId"] != before["ImageId"]))
        body = TEMPLATE.replace("    Type: AWS::EC2::Instance\n", "    Type: AWS::EC2::Instance\n    DeletionPolicy: Retain\n")
        kept = [{"ParameterKey": name, "UsePreviousValue": True} for name in ("Subnet", "SecurityGroup", "AmiId")]
        self.assertEqual(self.announced("move", body, kept), {"Ec2Instance": ("True", ["DeletionPolicy", "Properties"])})
        cfn.execute_change_set(StackName=self.stack, ChangeSetName="move")
        self.assertNotEqual(self.instance()["InstanceId"], before["InstanceId"])


if __name__ == "__main__":
    unittest.main()
