"""Instances after the launch: monitoring, credits, metadata options, tearing down."""
from __future__ import annotations

from base64 import b64encode
from types import ModuleType
from typing import Any

from .ec2_common import fail
from .launch import BURSTABLE


def _monitoring(state: str, shown: str) -> Any:
    def switch(self: Any) -> Any:
        from moto.core.responses import ActionResult

        self.error_on_dryrun()
        instances = self.ec2_backend.get_multi_instances_by_id(self._get_param("InstanceIds", []))
        for instance in instances:
            instance.monitoring_state = state
        return ActionResult({"InstanceMonitorings": [{"InstanceId": i.id, "Monitoring": {"State": shown}} for i in instances]})

    return switch


def describe_instance_credit_specifications(self: Any) -> Any:
    from moto.core.responses import ActionResult

    ids = self._get_param("InstanceIds", []) or []
    instances = self.ec2_backend.get_multi_instances_by_id(ids) if ids else self.ec2_backend.all_instances()
    rows = [{"InstanceId": i.id, "CpuCredits": getattr(i, "cpu_credits", "standard")} for i in instances if i.instance_type.startswith(BURSTABLE)]
    return ActionResult({"InstanceCreditSpecifications": rows})


def modify_instance_credit_specification(self: Any) -> Any:
    from moto.core.responses import ActionResult

    self.error_on_dryrun()
    done = []
    for wanted in self._get_param("InstanceCreditSpecifications", []):
        instance = self.ec2_backend.get_instance(wanted["InstanceId"])
        instance.cpu_credits = wanted.get("CpuCredits", "standard")
        done.append({"InstanceId": instance.id})
    return ActionResult({"SuccessfulInstanceCreditSpecifications": done, "UnsuccessfulInstanceCreditSpecifications": []})


def modify_instance_metadata_options(self: Any) -> Any:
    """moto resets every option that the request leaves out."""
    from moto.core.responses import ActionResult

    self.error_on_dryrun()
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    names = {"HttpTokens": "http_tokens", "HttpPutResponseHopLimit": "http_put_response_hop_limit", "HttpEndpoint": "http_endpoint",
             "HttpProtocolIpv6": "http_protocol_ipv6", "InstanceMetadataTags": "instance_metadata_tags"}
    for name, attribute in names.items():
        if (value := self._get_param(name)) is not None:
            setattr(instance.metadata_options, attribute, int(value) if name == "HttpPutResponseHopLimit" else value)
    return ActionResult({"InstanceId": instance.id, "InstanceMetadataOptions": instance.metadata_options})


def change_groups(self: Any) -> bool:
    """moto takes every change that it does not understand for "no security groups"."""
    wanted = self._get_param("Groups") or []
    if not wanted:
        return False
    self.error_on_dryrun()
    backend, groups = self.ec2_backend, []
    instance = backend.get_instance(self._get_param("InstanceId"))
    for group_id in wanted:
        if (group := backend.get_security_group_from_id(group_id)) is None:
            raise fail("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
        groups.append(group)
    instance.security_groups = groups
    instance.nics[0]._group_set = list(groups)
    return True


def change_user_data(self: Any, data: bytes) -> bool:
    """moto has decoded it already, and takes what it got for encoded."""
    from moto.core.types import Base64EncodedString

    self.error_on_dryrun()
    self.ec2_backend.get_instance(self._get_param("InstanceId")).user_data = Base64EncodedString(b64encode(data).decode()) if data else None
    return True


def change_value(plain: Any) -> Any:
    def change(self: Any) -> bool:
        if isinstance(data := self._get_param("UserData.Value"), bytes):
            return change_user_data(self, data)
        behavior = self._get_param("InstanceInitiatedShutdownBehavior.Value")
        if behavior is None:
            return plain(self)
        self.error_on_dryrun()
        self.ec2_backend.get_instance(self._get_param("InstanceId")).instance_initiated_shutdown_behavior = behavior
        return True

    return change


def apply_responses(module: ModuleType) -> None:
    ec2 = module.EC2Response
    module.Monitoring.monitor_instances = _monitoring("enabled", "pending")
    module.Monitoring.unmonitor_instances = _monitoring("disabled", "disabling")
    module.InstanceResponse.describe_instance_credit_specifications = describe_instance_credit_specifications
    module.InstanceResponse.modify_instance_metadata_options = modify_instance_metadata_options
    module.InstanceResponse._security_grp_instance_attribute_handler = change_groups
    module.InstanceResponse._dot_value_instance_attribute_handler = change_value(module.InstanceResponse._dot_value_instance_attribute_handler)
    ec2.modify_instance_credit_specification = modify_instance_credit_specification


def apply_models(module: ModuleType) -> None:
    from moto.ec2.models.instances import Instance

    # It frees addresses when Python forgets an object. A copy that a rollback threw away would free
    # those of the living instance.
    del Instance.__del__

    from moto.ec2.models.elastic_network_interfaces import NetworkInterface

    # An empty association is written into answers and reads as "has a public address" to Terraform,
    # which then wants to replace the machine.
    association = NetworkInterface.association
    NetworkInterface.association = property(lambda self: association.fget(self) or None)


WHEN = {"moto.ec2.models": apply_models, "moto.ec2.responses": apply_responses}
