"""Security groups: a description is kept whatever the source is; a group in use cannot be deleted."""
from __future__ import annotations

import itertools
from types import ModuleType
from typing import Any

from .ec2_common import fail


def description(rule: Any) -> str | None:
    return rule.ip_range.get("Description") or rule.source_group.get("Description") or rule.__dict__.get("prefix_description")


def source_of(rule: Any) -> tuple[Any, ...]:
    """What makes a rule the same rule. The description is not part of it."""
    ports = () if rule.ip_protocol == "-1" else (rule.from_port, rule.to_port)
    group = rule.source_group.get("GroupId") or rule.source_group.get("GroupName")
    return (rule.ip_protocol, ports, rule.ip_range.get("CidrIp"), rule.ip_range.get("CidrIpv6"), group, rule.prefix_list_id)


def remember_prefix_description(plain: Any) -> Any:
    def initialize(self: Any, ec2_backend: Any, ip_protocol: str, group_id: str, from_port: Any, to_port: Any, ip_range: Any,
                   source_group: Any = None, prefix_list_id: Any = None, is_egress: bool = True, tags: Any = None) -> None:
        plain(self, ec2_backend, ip_protocol, group_id, from_port, to_port, ip_range, source_group, prefix_list_id, is_egress, tags)
        if prefix_list_id and prefix_list_id.get("Description"):
            self.prefix_description = prefix_list_id["Description"]

    return initialize


def users_of(backend: Any, group_id: str) -> bool:
    for group in itertools.chain.from_iterable(groups.values() for groups in backend.groups.values()):
        if group.id != group_id and any(r.source_group.get("GroupId") == group_id for r in [*group.ingress_rules, *group.egress_rules]):
            return True
    for interface in backend.enis.values():
        if any(group is not None and group.id == group_id for group in interface.group_set):
            return True
    for endpoint in backend.vpc_end_points.values():
        if group_id in (endpoint.security_group_ids or []) and endpoint.state != "deleted":
            return True
    return any(group.id == group_id for i in backend.all_instances() if i.state != "terminated" for group in i.security_groups if group)


def delete_security_group(plain: Any) -> Any:
    def delete(self: Any, name: str | None = None, group_id: str | None = None) -> None:
        group = self.get_security_group_from_id(group_id) if group_id else self.get_security_group_by_name_or_id(name)
        if group is not None and group.is_default and group.vpc_id in self.vpcs and self.__dict__.get("vpc_being_deleted") != group.vpc_id:
            raise fail("CannotDelete", f"the specified group: \"{group.id}\" name: \"{group.name}\" cannot be deleted by a user")
        if group is not None and users_of(self, group.id):
            raise fail("DependencyViolation", f"resource {group.id} has a dependent object")
        plain(self, name, group_id)
        if group is not None:
            self.tags.pop(group.id, None)

    return delete


def delete_vpc(plain: Any) -> Any:
    def delete(self: Any, vpc_id: str) -> Any:
        """moto deletes the default group of a VPC by the same call as a user does."""
        if any(not group.is_default for group in self.groups.get(vpc_id, {}).values()):
            raise fail("DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
        self.vpc_being_deleted = vpc_id
        try:
            return plain(self, vpc_id)
        finally:
            del self.vpc_being_deleted

    return delete


def modify_security_group_rules(self: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
    group = self.get_security_group_by_name_or_id(group_id)
    if group is None:
        raise fail("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
    for rule_id, wanted in rules.items():
        rule = group.get_rule(rule_id)
        if rule is None:
            raise fail("InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{rule_id}' does not exist")
        sources = [k for k in ("CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupId") if wanted.get(k)]
        if len(sources) != 1:
            raise fail("InvalidParameterCombination" if sources else "MissingParameter",
                       "The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or referencedGroupId")
        rewrite(self, rule, wanted, sources[0])


def rewrite(backend: Any, rule: Any, wanted: dict[str, Any], source: str) -> None:
    protocol, text = str(wanted.get("IpProtocol") or rule.ip_protocol), wanted.get("Description")
    said = {"Description": text} if text else {}
    rule.ip_protocol = protocol
    rule.from_port = rule.to_port = None
    if protocol != "-1":
        rule.from_port, rule.to_port = int(wanted.get("FromPort", -1)), int(wanted.get("ToPort", -1))
    rule.ip_range, rule.source_group, rule.prefix_list_id = {}, {}, None
    rule.__dict__.pop("prefix_description", None)
    if source == "CidrIpv4":
        rule.ip_range = {"CidrIp": wanted[source], **said}
    elif source == "CidrIpv6":
        rule.ip_range = {"CidrIpv6": wanted[source], **said}
    elif source == "ReferencedGroupId":
        rule.source_group = {"GroupId": wanted[source], "OwnerId": backend.account_id, "UserId": backend.account_id, **said}
    else:
        rule.prefix_list_id = wanted[source]
        rule.prefix_description = text


def apply(module: ModuleType) -> None:
    from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule
    from moto.ec2.models.vpcs import VPCBackend

    SecurityGroupRule.__init__ = remember_prefix_description(SecurityGroupRule.__init__)
    SecurityGroupRule.__eq__ = lambda self, other: source_of(self) == source_of(other)
    SecurityGroupRule.description = property(description)
    SecurityGroupBackend.delete_security_group = delete_security_group(SecurityGroupBackend.delete_security_group)
    SecurityGroupBackend.modify_security_group_rules = modify_security_group_rules
    VPCBackend.delete_vpc = delete_vpc(VPCBackend.delete_vpc)


WHEN = {"moto.ec2.models": apply}
