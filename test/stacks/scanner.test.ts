import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { accessSpec } from '../../config/access.ts'
import { renderNetwork, renderSandbox } from '../../stacks/synth.ts'
import { readResources } from './scanner-blocks.ts'
import { bucketChecks, checks } from './scanner-checks.ts'
import { scannerWaivers } from './scanner-waivers.ts'
import { inputs, networkSpec, sandboxSpec } from './specs.ts'

// Every policy that there can be: perimeter, strict mode and a login are off as shipped.
const access = accessSpec.parse({
  binding: { mode: 'nat-eip', addresses: ['203.0.113.10/32'] },
  elevated: { strict: true },
  engineer: { permissionSet: 'KiroEngineer' },
})
const resources = readResources([
  renderNetwork(networkSpec),
  renderSandbox({ ...sandboxSpec, access }, inputs),
])
const bootstrap = readFileSync(join(import.meta.dirname, '..', '..', 'stacks', 'bootstrap.yaml'), 'utf8')

const waived = (ids: string): string[] =>
  scannerWaivers.filter((waiver) => waiver.ids === ids).flatMap(({ resources: named }) => [...named])

describe('what scanners ask of the stacks', () => {
  test.each(checks.map(({ ids, requires, breaks }) => [ids, requires, breaks] as const))(
    '%s: %s',
    (ids, _requires, breaks) => expect([...breaks(resources)].sort()).toEqual(waived(ids).sort()),
  )
})

describe('what scanners ask of the state bucket', () => {
  test.each(bucketChecks.map(({ ids, requires, text }) => [ids, requires, text] as const))(
    '%s: %s',
    (ids, _requires, text) => expect(text.test(bootstrap) ? [] : ['StateBucket']).toEqual(waived(ids)),
  )
})

test('every waiver is about a check that exists, once, and has a reason', () => {
  const known = [...checks, ...bucketChecks].map(({ ids }) => ids)
  const ids = scannerWaivers.map((waiver) => waiver.ids)
  expect(ids.filter((id) => !known.includes(id))).toEqual([])
  expect(new Set(ids).size).toBe(ids.length)
  for (const { reason } of scannerWaivers) expect(reason.length).toBeGreaterThan(30)
})

/** A check that nothing can break would be no check. */
describe('checks see what they look for', () => {
  const broken = (type: string, block: object) =>
    readResources([JSON.stringify({ resource: { [type]: { bad: block } } })])
  const policy = (statement: object) => ({
    policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: { Sid: 'S', Effect: 'Allow', Resource: '*', ...statement },
    }),
  })
  const world = { from_port: 0, to_port: 65_535, ip_protocol: '-1', cidr_ipv4: '0.0.0.0/0' }
  const rule = 'aws_vpc_security_group'
  const trust = (Principal: object | string) => ({
    assume_role_policy: JSON.stringify({
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal },
    }),
  })
  const shell = { content: '{"inputs":{}}', permissions: { type: 'Share', account_ids: 'All' } }
  test.each([
    ['CKV_AWS_79 ', 'aws_instance', { metadata_options: { http_tokens: 'optional' } }],
    ['CKV_AWS_341', 'aws_instance', { metadata_options: { http_put_response_hop_limit: 2 } }],
    ['CKV_AWS_8 ', 'aws_instance', { root_block_device: { encrypted: false } }],
    ['CKV_AWS_3 ', 'aws_ebs_volume', {}],
    ['CKV_AWS_88', 'aws_instance', {}],
    ['CKV_AWS_130', 'aws_subnet', { map_public_ip_on_launch: true }],
    ['CKV2_AWS_41', 'aws_instance', {}],
    ['CKV_AWS_126', 'aws_instance', {}],
    ['CKV_AWS_135', 'aws_instance', {}],
    ['CKV_AWS_46', 'aws_instance', { user_data: 'password = hunter2' }],
    ['EC2.17', 'aws_instance', { network_interface: [{}, {}] }],
    ['CKV_AWS_24', `${rule}_ingress_rule`, world],
    ['CKV_AWS_25', `${rule}_ingress_rule`, world],
    ['CKV_AWS_260', `${rule}_ingress_rule`, world],
    ['CKV_AWS_277', `${rule}_ingress_rule`, world],
    ['CKV_AWS_382', `${rule}_egress_rule`, world],
    ['CKV_AWS_23', 'aws_security_group', {}],
    ['CKV2_AWS_12', 'aws_default_security_group', { ingress: [{}] }],
    ['CKV_AWS_148', 'aws_default_vpc', {}],
    ['CKV_AWS_66', 'aws_cloudwatch_log_group', { retention_in_days: 7 }],
    ['CKV_AWS_303', 'aws_ssm_document', shell],
    ['CKV2_AWS_34', 'aws_ssm_parameter', { type: 'String' }],
    ['CKV_AWS_62', 'aws_iam_policy', policy({ Action: '*' })],
    ['IAM.21', 'aws_iam_policy', policy({ Action: 's3:*' })],
    ['KMS.1', 'aws_iam_policy', policy({ Action: 'kms:Decrypt' })],
    ['AWS-0342', 'aws_iam_role_policy', policy({ Action: 'iam:PassRole' })],
    [
      'CKV_AWS_274',
      'aws_iam_role_policy_attachment',
      { policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    ],
    ['CKV_AWS_60', 'aws_iam_role', trust('*')],
  ] as const)('%s', (id, type, block) => {
    const check = checks.find(({ ids }) => `${ids} `.startsWith(id))
    expect(check?.breaks(broken(type, block))).not.toEqual([])
  })
})
