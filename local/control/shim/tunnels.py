"""What decides whether an Instance Connect Endpoint reaches an address: the endpoint, the machine, and the rules of both.

    GET /_shim/tunnel?region=<region>&endpoint=<id>&ip=<address>
        ->  {"endpoint": {...} | null, "instance": {...} | null}
"""
from __future__ import annotations

from typing import Any

from . import live
from .principal import account


def find_tunnel(region: str, endpoint_id: str, address: str) -> dict[str, Any]:
    backend = live.existing("ec2", account()).get(region)
    endpoint = backend.__dict__.get("shim_instance_connect_endpoints", {}).get(endpoint_id) if backend else None
    if endpoint is None:
        return {"endpoint": None, "instance": None}
    found = next((i for i in backend.all_instances() if owns(i, endpoint["VpcId"], address)), None)
    return {
        "endpoint": {
            "state": endpoint["State"],
            "dnsName": endpoint["DnsName"],
            "address": next((backend.enis[i].private_ip_address for i in endpoint["NetworkInterfaceIds"] if i in backend.enis), None),
            "preserveClientIp": endpoint["PreserveClientIp"],
            "groups": endpoint["SecurityGroupIds"],
            "egress": rules_of(backend, endpoint["SecurityGroupIds"], "egress_rules"),
        },
        "instance": describe(backend, found) if found else None,
    }


def owns(instance: Any, vpc_id: str, address: str) -> bool:
    nic = instance.nics.get(0)
    return instance.state != "terminated" and nic is not None and nic.subnet.vpc_id == vpc_id and nic.private_ip_address == address


def describe(backend: Any, instance: Any) -> dict[str, Any]:
    groups = sorted(g.id for g in instance.nics[0].group_set if g is not None)
    return {"instanceId": instance.id, "state": instance.state, "groups": groups, "ingress": rules_of(backend, groups, "ingress_rules")}


def rules_of(backend: Any, group_ids: list[str], side: str) -> list[dict[str, Any]]:
    groups = [backend.get_security_group_from_id(i) for i in group_ids]
    return [rule_of(rule) for group in groups if group is not None for rule in getattr(group, side)]


def rule_of(rule: Any) -> dict[str, Any]:
    every = rule.ip_protocol == "-1"
    return {
        "protocol": rule.ip_protocol,
        "from": 0 if every else int(rule.from_port),
        "to": 65535 if every else int(rule.to_port),
        "cidr": rule.ip_range.get("CidrIp") or rule.ip_range.get("CidrIpv6"),
        "group": rule.source_group.get("GroupId"),
    }
