"""What the patches rely on in moto: module -> attribute -> names of its parameters (None: it exists)."""
from __future__ import annotations

MOTO_VERSION = "5.2.1"

EXPECTED: dict[str, dict[str, str | None]] = {
    "moto.iam.models": {
        "IAMBackend._init_aws_policies": "self",
        "IAMBackend._init_managed_policies": "self",
        "AWSManagedPolicy": None,
        "IAMBackend.create_temp_access_key": "self",
    },
    "moto.sts.models": {"STSBackend.get_assumed_role_from_access_key": "self access_key_id"},
    "moto.sts.responses": {"TokenResponse.assume_role": "self"},
    "moto.ec2.models": {"EC2Backend.__init__": "self region_name account_id"},
    "moto.ec2.models.amis": {
        "AmiBackend._load_amis": "self",
        "AmiBackend.describe_images": "self ami_ids filters exec_users owners",
        "AmiBackend.deregister_image": "self ami_id",
        "Ami.block_device_mappings": None,
    },
    "moto.ec2.models.elastic_block_store": {
        "EBSBackend.create_volume": "self size zone_name snapshot_id encrypted kms_key_id volume_type iops throughput multi_attach_enabled",
        "EBSBackend.create_snapshot": "self volume_id description owner_id from_ami",
        "Volume.__init__": "self ec2_backend volume_id size zone snapshot_id encrypted kms_key_id volume_type iops throughput multi_attach_enabled",
        "Snapshot.__init__": "self ec2_backend snapshot_id volume description encrypted kms_key_id owner_id from_ami",
    },
    "moto.ec2.models.instance_types": {"INSTANCE_TYPE_OFFERINGS": None, "INSTANCE_TYPES": None},
    "moto.ec2.models.instances": {"Instance.__del__": "self", "InstanceBackend._get_template_from_args": "self launch_template_arg"},
    "moto.ec2.models.launch_templates": {"LaunchTemplate.create_version": "self data description"},
    "moto.ec2.models.security_groups": {
        "SecurityGroupRule.__init__": "self ec2_backend ip_protocol group_id from_port to_port ip_range source_group prefix_list_id is_egress tags",
        "SecurityGroupRule.__eq__": "self other",
        "SecurityGroupBackend.delete_security_group": "self name group_id",
        "SecurityGroupBackend.modify_security_group_rules": "self group_id rules",
    },
    "moto.ec2.models.vpcs": {"VPCBackend.delete_vpc": "self vpc_id"},
    "moto.ec2.models.elastic_network_interfaces": {
        "NetworkInterface.association": None,
        "NetworkInterfaceBackend.create_network_interface": "self subnet private_ip_address private_ip_addresses group_ids description tags delete_on_termination kwargs",
        "NetworkInterfaceBackend.modify_network_interface_attribute": "self eni_id group_ids source_dest_check description",
    },
    "moto.ec2.responses.amis": {
        "AmisResponse.create_image": "self",
        "AmisResponse.register_image": "self",
        "AmisResponse.copy_image": "self",
        "AmisResponse.deregister_image": "self",
        "AmisResponse.modify_image_attribute": "self",
        "AmisResponse.describe_image_attribute": "self",
    },
    "moto.ec2.responses.instances": {
        "InstanceResponse.run_instances": "self",
        "InstanceResponse.modify_instance_metadata_options": "self",
        "InstanceResponse.describe_instance_credit_specifications": "self",
        "InstanceResponse._security_grp_instance_attribute_handler": "self",
        "InstanceResponse._dot_value_instance_attribute_handler": "self",
    },
    "moto.ec2.responses.monitoring": {"Monitoring.monitor_instances": "self", "Monitoring.unmonitor_instances": "self"},
    "moto.ssm.models": {
        "ParameterDict.__init__": "self account_id region_name",
        "SimpleSystemManagerBackend.__init__": "self region_name account_id",
    },
    "moto.s3.models": {
        "FakeKey.__getstate__": "self",
        "FakeKey.__setstate__": "self state",
        "FakeBucket.get_permission": "self action resource",
        "FakeBucket.create_from_cloudformation_json": "cls resource_name cloudformation_json account_id region_name kwargs",
        "FakeBucket.update_from_cloudformation_json": "cls original_resource new_resource_name cloudformation_json account_id region_name",
        "FakeBucket.delete_from_cloudformation_json": "cls resource_name cloudformation_json account_id region_name",
        "S3Backend.log_incoming_request": "self request bucket_name",
        "s3_backends": None,
    },
    "moto.s3.utils": {"_VersionedKeyStore": None},
    "moto.cloudformation.models": {
        "Stack.create_resources": "self",
        "Stack.update": "self template role_arn parameters tags",
        "Stack.delete": "self",
        "Stack._add_stack_event": "self resource_status resource_status_reason resource_properties",
        "Stack._create_output_map": "self",
        "CloudFormationBackend.execute_change_set": "self change_set_name stack_name",
        "CloudFormationBackend.describe_change_set": "self change_set_name",
    },
    "moto.cloudformation.parsing": {
        "ResourceMap._delete_resource": "self parsed_resource resource_json",
        "ResourceMap.update": "self template parameters",
    },
    "moto.cloudformation.responses": {
        "CloudFormationResponse.create_stack": "self",
        "CloudFormationResponse.update_stack": "self",
        "CloudFormationResponse.delete_stack": "self",
        "CloudFormationResponse.validate_template": "self",
    },
}
