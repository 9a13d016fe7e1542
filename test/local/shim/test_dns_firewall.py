"""Route 53 Resolver DNS Firewall, seen through boto3."""
from __future__ import annotations

import unittest
import uuid

from harness import WithShim


class DnsFirewall(WithShim):
    def test_names_rules_and_their_vpc_live_and_die_in_order(self) -> None:
        dns, vpc = self.shim.client("route53resolver"), self.network(self.shim.client("ec2"))[0]
        token = lambda: {"CreatorRequestId": str(uuid.uuid4())}
        names = dns.create_firewall_domain_list(Name="allowed", Tags=[{"Key": "a", "Value": "b"}], **token())["FirewallDomainList"]
        self.assertEqual(dns.list_tags_for_resource(ResourceArn=names["Arn"])["Tags"], [{"Key": "a", "Value": "b"}])
        dns.update_firewall_domains(FirewallDomainListId=names["Id"], Operation="REPLACE", Domains=["b.example", "*.a.example"])
        dns.update_firewall_domains(FirewallDomainListId=names["Id"], Operation="ADD", Domains=["c.example."])
        dns.update_firewall_domains(FirewallDomainListId=names["Id"], Operation="REMOVE", Domains=["b.example"])
        self.assertEqual(dns.list_firewall_domains(FirewallDomainListId=names["Id"])["Domains"], ["*.a.example.", "c.example."])
        self.assertEqual(dns.get_firewall_domain_list(FirewallDomainListId=names["Id"])["FirewallDomainList"]["DomainCount"], 2)

        group = dns.create_firewall_rule_group(Name="rules", **token())["FirewallRuleGroup"]["Id"]
        rule = {"FirewallRuleGroupId": group, "FirewallDomainListId": names["Id"]}
        dns.create_firewall_rule(Name="allow", Priority=10, Action="ALLOW", **rule, **token())
        self.fails("ConflictException", dns.create_firewall_rule, Name="again", Priority=11, Action="ALLOW", **rule, **token())
        dns.update_firewall_rule(Priority=12, **rule)
        self.assertEqual([one["Priority"] for one in dns.list_firewall_rules(FirewallRuleGroupId=group)["FirewallRules"]], [12])

        place = {"FirewallRuleGroupId": group, "VpcId": vpc, "Priority": 301, "Name": "here"}
        made = dns.associate_firewall_rule_group(**place, **token())["FirewallRuleGroupAssociation"]
        self.assertEqual((made["Status"], made["MutationProtection"]), ("COMPLETE", "DISABLED"))
        self.fails("ConflictException", dns.associate_firewall_rule_group, **place, **token())
        self.fails("ResourceNotFoundException", dns.associate_firewall_rule_group, **{**place, "VpcId": "vpc-00000000"}, **token())

        self.fails("ConflictException", dns.delete_firewall_rule_group, FirewallRuleGroupId=group)
        self.fails("ConflictException", dns.delete_firewall_domain_list, FirewallDomainListId=names["Id"])
        dns.disassociate_firewall_rule_group(FirewallRuleGroupAssociationId=made["Id"])
        self.fails("ResourceNotFoundException", dns.get_firewall_rule_group_association, FirewallRuleGroupAssociationId=made["Id"])
        dns.delete_firewall_rule(**rule)
        dns.delete_firewall_rule_group(FirewallRuleGroupId=group)
        dns.delete_firewall_domain_list(FirewallDomainListId=names["Id"])
        self.assertEqual(dns.list_firewall_domain_lists()["FirewallDomainLists"], [])
        self.fails("ResourceNotFoundException", dns.list_tags_for_resource, ResourceArn=names["Arn"])


if __name__ == "__main__":
    unittest.main()
