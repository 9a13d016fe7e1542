"""Route 53 Resolver DNS Firewall: moto has none. Lists of names, groups of rules, and the VPCs they hold in."""
from __future__ import annotations

import json
from types import ModuleType
from typing import Any

from .ec2_common import shelf

LIST, GROUP, ASSOCIATION = "rslvr-fdl", "rslvr-frg", "rslvr-frgassoc"
KINDS = {LIST: "firewall-domain-list", GROUP: "firewall-rule-group", ASSOCIATION: "firewall-rule-group-association"}
RULE = ("Name", "Priority", "Action", "BlockResponse", "BlockOverrideDomain", "BlockOverrideDnsType", "BlockOverrideTtl",
        "FirewallDomainRedirectionAction", "Qtype")


def fail(code: str, message: str) -> Exception:
    from moto.core.exceptions import JsonRESTError

    error = JsonRESTError(code, message)
    error.code = 400
    return error


def things(backend: Any, prefix: str) -> dict[str, dict[str, Any]]:
    return shelf(backend, prefix)


def find(backend: Any, prefix: str, wanted: str) -> dict[str, Any]:
    if wanted not in things(backend, prefix):
        raise fail("ResourceNotFoundException", f"[RSLVR-02108] Can't find the resource with ID '{wanted}'.")
    return things(backend, prefix)[wanted]


def make(self: Any, prefix: str, **more: Any) -> dict[str, Any]:
    from moto.moto_api._internal import mock_random
    from moto.core.utils import iso_8601_datetime_with_milliseconds

    backend = self.route53resolver_backend
    now, made = iso_8601_datetime_with_milliseconds(), f"{prefix}-{mock_random.get_random_hex(16)}"
    arn = f"arn:{backend.partition}:route53resolver:{backend.region_name}:{backend.account_id}:{KINDS[prefix]}/{made}"
    thing = {"Id": made, "Arn": arn, "Name": self._get_param("Name"), "Status": "COMPLETE", "StatusMessage": "Created",
             "CreatorRequestId": self._get_param("CreatorRequestId"), "CreationTime": now, "ModificationTime": now, **more}
    things(backend, prefix)[made] = thing
    backend.tagger.tag_resource(arn, self._get_param("Tags") or [])
    return thing


def drop(self: Any, prefix: str, wanted: str) -> dict[str, Any]:
    backend = self.route53resolver_backend
    thing = find(backend, prefix, wanted)
    del things(backend, prefix)[wanted]
    backend.tagger.delete_all_tags_for_resource(thing["Arn"])
    return thing


def without(thing: dict[str, Any], *hidden: str) -> dict[str, Any]:
    return {key: value for key, value in thing.items() if key not in hidden}


def shown_list(found: dict[str, Any]) -> dict[str, Any]:
    return {**without(found, "Domains"), "DomainCount": len(found["Domains"])}


def shown_group(backend: Any, found: dict[str, Any]) -> dict[str, Any]:
    return {**without(found, "Rules"), "RuleCount": len(found["Rules"]), "OwnerId": backend.account_id, "ShareStatus": "NOT_SHARED"}


def list_of(self: Any) -> dict[str, Any]:
    return find(self.route53resolver_backend, LIST, self._get_param("FirewallDomainListId"))


def group_of(self: Any) -> dict[str, Any]:
    return find(self.route53resolver_backend, GROUP, self._get_param("FirewallRuleGroupId"))


def rule_of(self: Any) -> dict[str, Any]:
    rules, wanted = group_of(self)["Rules"], self._get_param("FirewallDomainListId")
    if wanted not in rules:
        raise fail("ResourceNotFoundException", f"There is no rule for '{wanted}' in that group.")
    return rules[wanted]


def create_firewall_domain_list(self: Any) -> str:
    return json.dumps({"FirewallDomainList": shown_list(make(self, LIST, Domains=[]))})


def get_firewall_domain_list(self: Any) -> str:
    return json.dumps({"FirewallDomainList": shown_list(list_of(self))})


def list_firewall_domain_lists(self: Any) -> str:
    found = things(self.route53resolver_backend, LIST).values()
    return json.dumps({"FirewallDomainLists": [{k: one[k] for k in ("Id", "Arn", "Name", "CreatorRequestId")} for one in found]})


def update_firewall_domains(self: Any) -> str:
    found, names = list_of(self), [name.rstrip(".") for name in self._get_param("Domains")]
    kept = {"REPLACE": [], "ADD": found["Domains"], "REMOVE": [one for one in found["Domains"] if one not in names]}[self._get_param("Operation")]
    found["Domains"] = kept if self._get_param("Operation") == "REMOVE" else sorted({*kept, *names})
    return json.dumps({key: found[key] for key in ("Id", "Name", "Status", "StatusMessage")})


def list_firewall_domains(self: Any) -> str:
    # As AWS: names come back with the dot of the root.
    return json.dumps({"Domains": [f"{name}." for name in list_of(self)["Domains"]]})


def delete_firewall_domain_list(self: Any) -> str:
    wanted = self._get_param("FirewallDomainListId")
    if any(wanted in group["Rules"] for group in things(self.route53resolver_backend, GROUP).values()):
        raise fail("ConflictException", f"The domain list '{wanted}' is used by a rule.")
    return json.dumps({"FirewallDomainList": shown_list(drop(self, LIST, wanted))})


def create_firewall_rule_group(self: Any) -> str:
    return json.dumps({"FirewallRuleGroup": shown_group(self.route53resolver_backend, make(self, GROUP, Rules={}))})


def get_firewall_rule_group(self: Any) -> str:
    return json.dumps({"FirewallRuleGroup": shown_group(self.route53resolver_backend, group_of(self))})


def list_firewall_rule_groups(self: Any) -> str:
    found = things(self.route53resolver_backend, GROUP).values()
    return json.dumps({"FirewallRuleGroups": [{k: one[k] for k in ("Id", "Arn", "Name", "CreatorRequestId")} for one in found]})


def delete_firewall_rule_group(self: Any) -> str:
    backend, wanted = self.route53resolver_backend, self._get_param("FirewallRuleGroupId")
    if any(one["FirewallRuleGroupId"] == wanted for one in things(backend, ASSOCIATION).values()):
        raise fail("ConflictException", f"The rule group '{wanted}' is associated with a VPC.")
    return json.dumps({"FirewallRuleGroup": shown_group(backend, drop(self, GROUP, wanted))})


def create_firewall_rule(self: Any) -> str:
    rules, wanted = group_of(self)["Rules"], list_of(self)["Id"]
    if wanted in rules or any(one["Priority"] == self._get_param("Priority") for one in rules.values()):
        raise fail("ConflictException", "The group has a rule of that priority or domain list.")
    rules[wanted] = {"FirewallRuleGroupId": self._get_param("FirewallRuleGroupId"), "FirewallDomainListId": wanted,
                     "CreatorRequestId": self._get_param("CreatorRequestId"), "FirewallDomainRedirectionAction": "INSPECT_REDIRECTION_DOMAIN",
                     **{key: self._get_param(key) for key in RULE if self._get_param(key) is not None}}
    return json.dumps({"FirewallRule": rules[wanted]})


def update_firewall_rule(self: Any) -> str:
    rule = rule_of(self)
    rule.update({key: self._get_param(key) for key in RULE if self._get_param(key) is not None})
    return json.dumps({"FirewallRule": rule})


def list_firewall_rules(self: Any) -> str:
    return json.dumps({"FirewallRules": sorted(group_of(self)["Rules"].values(), key=lambda rule: rule["Priority"])})


def delete_firewall_rule(self: Any) -> str:
    rule = rule_of(self)
    del group_of(self)["Rules"][rule["FirewallDomainListId"]]
    return json.dumps({"FirewallRule": rule})


def associate_firewall_rule_group(self: Any) -> str:
    backend = self.route53resolver_backend
    group, vpc, priority = group_of(self)["Id"], self._get_param("VpcId"), self._get_param("Priority")
    if vpc not in backend.ec2_backend.vpcs:
        raise fail("ResourceNotFoundException", f"The VPC '{vpc}' does not exist.")
    for one in things(backend, ASSOCIATION).values():
        if one["VpcId"] == vpc and (one["Priority"] == priority or one["FirewallRuleGroupId"] == group):
            raise fail("ConflictException", f"The VPC '{vpc}' has an association of that group or priority.")
    made = make(self, ASSOCIATION, FirewallRuleGroupId=group, VpcId=vpc, Priority=priority,
                MutationProtection=self._get_param("MutationProtection") or "DISABLED")
    return json.dumps({"FirewallRuleGroupAssociation": made})


def association_of(self: Any) -> dict[str, Any]:
    return find(self.route53resolver_backend, ASSOCIATION, self._get_param("FirewallRuleGroupAssociationId"))


def get_firewall_rule_group_association(self: Any) -> str:
    return json.dumps({"FirewallRuleGroupAssociation": association_of(self)})


def list_firewall_rule_group_associations(self: Any) -> str:
    vpc, group = self._get_param("VpcId"), self._get_param("FirewallRuleGroupId")
    found = [one for one in things(self.route53resolver_backend, ASSOCIATION).values()
             if vpc in (None, one["VpcId"]) and group in (None, one["FirewallRuleGroupId"])]
    return json.dumps({"FirewallRuleGroupAssociations": found})


def update_firewall_rule_group_association(self: Any) -> str:
    found = association_of(self)
    found.update({key: self._get_param(key) for key in ("Priority", "MutationProtection", "Name") if self._get_param(key) is not None})
    return json.dumps({"FirewallRuleGroupAssociation": found})


def disassociate_firewall_rule_group(self: Any) -> str:
    gone = drop(self, ASSOCIATION, association_of(self)["Id"])
    return json.dumps({"FirewallRuleGroupAssociation": {**gone, "Status": "DELETING"}})


OPERATIONS = (
    create_firewall_domain_list, get_firewall_domain_list, list_firewall_domain_lists, update_firewall_domains, list_firewall_domains,
    delete_firewall_domain_list, create_firewall_rule_group, get_firewall_rule_group, list_firewall_rule_groups, delete_firewall_rule_group,
    create_firewall_rule, update_firewall_rule, list_firewall_rules, delete_firewall_rule, associate_firewall_rule_group,
    get_firewall_rule_group_association, list_firewall_rule_group_associations, update_firewall_rule_group_association,
    disassociate_firewall_rule_group,
)


def apply_responses(module: ModuleType) -> None:
    for operation in OPERATIONS:
        setattr(module.Route53ResolverResponse, operation.__name__, operation)


def apply_models(module: ModuleType) -> None:
    theirs = module.Route53ResolverBackend._matched_arn

    def _matched_arn(self: Any, resource_arn: str) -> None:
        if not any(one["Arn"] == resource_arn for prefix in KINDS for one in things(self, prefix).values()):
            theirs(self, resource_arn)

    module.Route53ResolverBackend._matched_arn = _matched_arn


WHEN = {"moto.route53resolver.models": apply_models, "moto.route53resolver.responses": apply_responses}
