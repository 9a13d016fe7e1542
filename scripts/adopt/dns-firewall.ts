import * as z from 'zod'
import { askResolver } from '../aws/resolver.ts'
import type { SdkConfig } from '../target.ts'
import type { DeclaredResource, Import } from './imports.ts'

const prefix = 'aws_route53_resolver_firewall_'
const things = z.array(z.object({ Id: z.string(), Name: z.string() }))
const answers = {
  domain_list: { operation: 'ListFirewallDomainLists', field: 'FirewallDomainLists' },
  rule_group: { operation: 'ListFirewallRuleGroups', field: 'FirewallRuleGroups' },
  rule_group_association: {
    operation: 'ListFirewallRuleGroupAssociations',
    field: 'FirewallRuleGroupAssociations',
  },
} as const

type Kind = keyof typeof answers

/** Ids by name. Names are ours; lists of AWS's own carry others. */
const listOf = async (sdk: SdkConfig, kind: Kind): Promise<Map<string, string>> => {
  const { operation, field } = answers[kind]
  const found = new Map<string, string>()
  let token: unknown
  do {
    const page = await askResolver(sdk, operation, {
      MaxResults: 100,
      ...(token === undefined ? {} : { NextToken: token }),
    })
    for (const { Id, Name } of things.parse(page[field] ?? [])) found.set(Name, Id)
    token = page.NextToken ?? undefined
  } while (token !== undefined)
  return found
}

/** What of a DNS firewall is there, as Terraform imports it; a rule has no id but those of its group and list. */
export const findDnsFirewall = async (
  sdk: SdkConfig,
  declared: readonly DeclaredResource[],
): Promise<Import[]> => {
  const ours = declared.filter(({ type }) => type.startsWith(prefix))
  if (ours.length === 0) return []
  const kinds = Object.keys(answers) as Kind[]
  const lists = await Promise.all(kinds.map((kind) => listOf(sdk, kind)))
  const byKind = new Map(kinds.map((kind, index) => [kind as string, lists[index]]))
  const found = ours.flatMap(({ type, address, block }): Import[] => {
    const id = byKind.get(type.slice(prefix.length))?.get(String(block.name))
    return id === undefined ? [] : [{ to: address, id }]
  })
  const idOf = (value: unknown) => found.find(({ to }) => value === `\${${to}.id}`)?.id
  const rules = await rulesOf(
    sdk,
    idOf(ours.find(({ type }) => type === `${prefix}rule`)?.block.firewall_rule_group_id),
  )
  return [
    ...found,
    ...ours.flatMap(({ type, address, block }): Import[] => {
      if (type !== `${prefix}rule`) return []
      const id = `${idOf(block.firewall_rule_group_id)}:${idOf(block.firewall_domain_list_id)}`
      return rules.has(id) ? [{ to: address, id }] : []
    }),
  ]
}

const rule = z.array(z.object({ FirewallRuleGroupId: z.string(), FirewallDomainListId: z.string() }))

const rulesOf = async (sdk: SdkConfig, groupId: string | undefined): Promise<Set<string>> => {
  if (groupId === undefined) return new Set()
  const page = await askResolver(sdk, 'ListFirewallRules', { FirewallRuleGroupId: groupId })
  return new Set(
    rule
      .parse(page.FirewallRules ?? [])
      .map(
        ({ FirewallRuleGroupId, FirewallDomainListId }) => `${FirewallRuleGroupId}:${FirewallDomainListId}`,
      ),
  )
}
