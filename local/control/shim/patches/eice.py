"""EC2 Instance Connect Endpoints: moto has none. An endpoint is a record and a network interface."""
from __future__ import annotations

from types import ModuleType
from typing import Any

from .ec2_common import fail, fingerprint, matches, once, page, shelf, tag, tag_filter, tags_for, tags_of

PREFIX = "eice"
FILTERS = {
    "instance-connect-endpoint-id": "InstanceConnectEndpointId",
    "state": "State",
    "subnet-id": "SubnetId",
    "vpc-id": "VpcId",
}


def endpoints(backend: Any) -> dict[str, dict[str, Any]]:
    return shelf(backend, "instance_connect_endpoints")


def find(backend: Any, endpoint_id: str) -> dict[str, Any]:
    if endpoint_id not in endpoints(backend):
        raise fail("InvalidInstanceConnectEndpointId.NotFound", f"The instance connect endpoint '{endpoint_id}' does not exist")
    return endpoints(backend)[endpoint_id]


def shown(backend: Any, endpoint: dict[str, Any]) -> dict[str, Any]:
    return {**endpoint, "Tags": tags_of(backend, endpoint["InstanceConnectEndpointId"])}


def check_groups(backend: Any, group_ids: list[str], vpc_id: str) -> list[str]:
    if not group_ids:
        return [backend.get_default_security_group(vpc_id).id]
    for group_id in group_ids:
        group = backend.get_security_group_from_id(group_id)
        if group is None:
            raise fail("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
        if group.vpc_id != vpc_id:
            raise fail("InvalidGroup.NotFound", f"The security group '{group_id}' does not belong to VPC '{vpc_id}'")
    return group_ids


def make(response: Any) -> str:
    from moto.core.utils import utcnow
    from moto.ec2.utils import random_id, random_resource_id

    backend = response.ec2_backend
    subnet = backend.get_subnet(response._get_param("SubnetId"))
    groups = check_groups(backend, response._get_param("SecurityGroupIds", []) or [], subnet.vpc_id)
    if any(e["VpcId"] == subnet.vpc_id for e in endpoints(backend).values()):
        raise fail("InstanceConnectEndpointLimitExceeded", f"The maximum number of instance connect endpoints for VPC '{subnet.vpc_id}' (1) is reached")
    endpoint_id = random_id(PREFIX)
    dns = f"{endpoint_id}.{random_resource_id(8)}"
    tail = f"ec2-instance-connect-endpoint.{backend.region_name}.amazonaws.com"
    interface = backend.create_network_interface(subnet, None, group_ids=groups, description=f"EC2 Instance Connect Endpoint {endpoint_id}")
    interface.status = "in-use"
    zone = subnet._availability_zone
    endpoints(backend)[endpoint_id] = {
        "OwnerId": backend.account_id,
        "InstanceConnectEndpointId": endpoint_id,
        "InstanceConnectEndpointArn": f"arn:{backend.partition}:ec2:{backend.region_name}:{backend.account_id}:instance-connect-endpoint/{endpoint_id}",
        "State": "create-complete",
        "StateMessage": "",
        "DnsName": f"{dns}.{tail}",
        "FipsDnsName": f"{dns}.fips.{tail}",
        "NetworkInterfaceIds": [interface.id],
        "VpcId": subnet.vpc_id,
        "AvailabilityZone": zone.name,
        "AvailabilityZoneId": zone.zone_id,
        "CreatedAt": utcnow(),
        "SubnetId": subnet.id,
        "PreserveClientIp": bool(response._get_param("PreserveClientIp", False)),
        "SecurityGroupIds": groups,
        "IpAddressType": response._get_param("IpAddressType") or "ipv4",
    }
    tag(backend, endpoint_id, tags_for(response, "instance-connect-endpoint"))
    return endpoint_id


def create_instance_connect_endpoint(self: Any) -> Any:
    from moto.core.responses import ActionResult

    self.error_on_dryrun()
    token = self._get_param("ClientToken")
    endpoint_id = once(self.ec2_backend, "CreateInstanceConnectEndpoint", token, fingerprint(self.params), lambda: make(self))
    return ActionResult({"InstanceConnectEndpoint": shown(self.ec2_backend, find(self.ec2_backend, endpoint_id)), "ClientToken": token})


def describe_instance_connect_endpoints(self: Any) -> Any:
    from moto.core.responses import ActionResult

    self.error_on_dryrun()
    backend = self.ec2_backend
    wanted = self._get_param("InstanceConnectEndpointIds", []) or []
    found = [find(backend, i) for i in wanted] if wanted else list(endpoints(backend).values())
    for name, values in self._filters_from_querystring().items():
        found = [e for e in found if passes(backend, e, name, values)]
    part, token = page(found, self, lambda e: e["InstanceConnectEndpointId"])
    return ActionResult({"InstanceConnectEndpoints": [shown(backend, e) for e in part], "NextToken": token})


def passes(backend: Any, endpoint: dict[str, Any], name: str, values: list[str]) -> bool:
    by_tag = tag_filter(backend, endpoint["InstanceConnectEndpointId"], name, values)
    if by_tag is not None:
        return by_tag
    if name not in FILTERS:
        raise fail("InvalidParameterValue", f"The filter '{name}' is invalid")
    return matches(endpoint[FILTERS[name]], values)


def modify_instance_connect_endpoint(self: Any) -> Any:
    from moto.core.responses import ActionResult

    self.error_on_dryrun()
    backend = self.ec2_backend
    endpoint = find(backend, self._get_param("InstanceConnectEndpointId"))
    if groups := self._get_param("SecurityGroupIds"):
        endpoint["SecurityGroupIds"] = check_groups(backend, groups, endpoint["VpcId"])
        backend.modify_network_interface_attribute(endpoint["NetworkInterfaceIds"][0], groups)
    if (preserve := self._get_param("PreserveClientIp")) is not None:
        endpoint["PreserveClientIp"] = bool(preserve)
    if kind := self._get_param("IpAddressType"):
        endpoint["IpAddressType"] = kind
    return ActionResult({"Return": True})


def delete_instance_connect_endpoint(self: Any) -> Any:
    from moto.core.responses import ActionResult

    self.error_on_dryrun()
    backend = self.ec2_backend
    endpoint = find(backend, self._get_param("InstanceConnectEndpointId"))
    last_seen = {**shown(backend, endpoint), "State": "delete-in-progress"}
    for interface_id in endpoint["NetworkInterfaceIds"]:
        backend.enis[interface_id].delete()
    del endpoints(backend)[endpoint["InstanceConnectEndpointId"]]
    backend.tags.pop(endpoint["InstanceConnectEndpointId"], None)
    return ActionResult({"InstanceConnectEndpoint": last_seen})


OPERATIONS = (create_instance_connect_endpoint, describe_instance_connect_endpoints, modify_instance_connect_endpoint, delete_instance_connect_endpoint)


def apply(module: ModuleType) -> None:
    from moto.ec2 import utils

    for operation in OPERATIONS:
        setattr(module.EC2Response, operation.__name__, operation)
    # CreateTags refuses ids whose prefix it does not know.
    utils.EC2_RESOURCE_TO_PREFIX["instance-connect-endpoint"] = PREFIX
    utils.EC2_PREFIX_TO_RESOURCE[PREFIX] = "instance-connect-endpoint"


WHEN = {"moto.ec2.responses": apply}
