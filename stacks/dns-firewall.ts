import { Route53ResolverFirewallDomainList } from '@cdktf/provider-aws/lib/route53-resolver-firewall-domain-list/index.js'
import { Route53ResolverFirewallRule } from '@cdktf/provider-aws/lib/route53-resolver-firewall-rule/index.js'
import { Route53ResolverFirewallRuleGroup } from '@cdktf/provider-aws/lib/route53-resolver-firewall-rule-group/index.js'
import { Route53ResolverFirewallRuleGroupAssociation } from '@cdktf/provider-aws/lib/route53-resolver-firewall-rule-group-association/index.js'
import { Construct } from 'constructs'

export interface DnsFirewallProps {
  readonly vpcId: string
  readonly domains: readonly string[]
}

/** Anything above 100 and below 9900, which AWS keeps for itself.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_AssociateFirewallRuleGroup.html */
const priority = 301

/**
 * Names that are on the list are resolved, all others do not exist. It decides about names: whoever knows an
 * address reaches it by HTTPS all the same.
 */
export class DnsFirewall extends Construct {
  constructor(scope: Construct, id: string, { vpcId, domains }: DnsFirewallProps) {
    super(scope, id)
    const list = (name: string, names: readonly string[]) =>
      new Route53ResolverFirewallDomainList(this, name, {
        name: `kiro-sandbox-${name}`,
        // As AWS gives them back, with the dot of the root; without it every plan would find a change.
        // https://github.com/hashicorp/terraform-provider-aws/issues/23543
        domains: names.map((one) => `${one}.`),
        tags: { Name: `kiro-sandbox-${name}` },
      })
    const allowed = list('allowed', domains)
    const everything = list('everything', ['*'])
    const group = new Route53ResolverFirewallRuleGroup(this, 'rules', {
      name: 'kiro-sandbox',
      tags: { Name: 'kiro-sandbox-rules' },
    })
    new Route53ResolverFirewallRule(this, 'allow', {
      name: 'kiro-sandbox-allow',
      firewallRuleGroupId: group.id,
      firewallDomainListId: allowed.id,
      priority: 10,
      action: 'ALLOW',
      // What a name on the list is an alias of changes with every content network.
      firewallDomainRedirectionAction: 'TRUST_REDIRECTION_DOMAIN',
    })
    new Route53ResolverFirewallRule(this, 'block', {
      name: 'kiro-sandbox-block',
      firewallRuleGroupId: group.id,
      firewallDomainListId: everything.id,
      priority: 20,
      action: 'BLOCK',
      blockResponse: 'NXDOMAIN',
    })
    new Route53ResolverFirewallRuleGroupAssociation(this, 'in-vpc', {
      name: 'kiro-sandbox',
      firewallRuleGroupId: group.id,
      vpcId,
      priority,
      mutationProtection: 'DISABLED',
      tags: { Name: 'kiro-sandbox-in-vpc' },
    })
  }
}
