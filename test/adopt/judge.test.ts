import { expect, test } from 'vitest'
import { parseSettings } from '../../config/parse-settings.ts'
import { defaultSettings } from '../../config/settings.ts'
import type { UserName } from '../../config/user-name.ts'
import { parseUserName } from '../../config/user-name.ts'
import {
  begin,
  decideNext,
  finish,
  planUndo,
  type Step,
  steps,
  takeBack,
} from '../../scripts/adoption/journal.ts'
import { judgePlan } from '../../scripts/adoption/judge-plan.ts'
import type { FoundMachine } from '../../scripts/adoption/machine.ts'
import { planAdoptedSpec } from '../../scripts/adoption/plan-spec.ts'
import { renderProfiles } from '../../scripts/adoption/profiles.ts'
import { type FoundRole, planStrip } from '../../scripts/adoption/roles.ts'
import { checkStack } from '../../scripts/adoption/stack.ts'
import { parsePlan } from '../../scripts/terraform/show-plan.ts'
import { renderSandbox } from '../../stacks/synth.ts'

const alice = 'alice' as UserName
const found: FoundMachine = {
  instanceId: 'i-0123',
  state: 'running',
  type: 't4g.small',
  imageId: 'ami-0123',
  vpcId: 'vpc-1',
  subnetId: 'subnet-1',
  securityGroupId: 'sg-1',
  profile: 'kiro-ec2-web',
  ebsOptimized: false,
  publicAddress: true,
  hopLimit: 2,
  metadataTags: false,
  monitoring: false,
  tags: {},
  root: { device: '/dev/xvda', volumeId: 'vol-1', sizeGiB: 10, type: 'gp3', encrypted: false, tags: {} },
  endpoints: [],
}
const specOf = (machine: FoundMachine, settings = defaultSettings()) =>
  planAdoptedSpec(settings, '111122223333', alice, 'web', machine)

test('what only another machine could have stays as it was found', () => {
  const json = JSON.parse(
    renderSandbox(specOf(found), {
      userDataScript:
        '# @inject: sandbox_user aws_region account_id access_note elevation_mode agent_start\n',
    }),
  )
  const [machine] = Object.values(json.resource.aws_instance) as Record<string, unknown>[]
  expect(machine).toMatchObject({
    ami: 'ami-0123',
    instance_type: 't4g.small',
    subnet_id: 'subnet-1',
    vpc_security_group_ids: ['sg-1'],
    associate_public_ip_address: true,
    ebs_optimized: false,
    root_block_device: { encrypted: false, volume_size: 10 },
    metadata_options: { http_put_response_hop_limit: 1, http_tokens: 'required' },
  })
})

const bound = (mode: string) =>
  parseSettings(
    JSON.stringify({
      access: { binding: { mode, addresses: mode === 'nat-eip' ? ['203.0.113.9/32'] : [] } },
    }),
    'test',
  )

test.each([
  ['auto', [], 'none'],
  ['auto', ['sts'], 'vpce'],
  ['vpce', [], 'none'],
  ['vpce', ['sts'], 'vpce'],
  ['nat-eip', [], 'nat-eip'],
  ['none', ['sts'], 'none'],
] as const)(
  'binding %s in a network with endpoints %j becomes %s: never one that locks out',
  (mode, endpoints, is) => {
    expect(specOf({ ...found, endpoints: [...endpoints] }, bound(mode)).access.binding.mode).toBe(is)
  },
)

const plan = (type: string, actions: string[], before: object | null, after: object | null, id = 'machine') =>
  parsePlan(
    JSON.stringify({
      resource_changes: [
        { address: `${type}.${id}`, type, change: { actions, before, after, after_unknown: {} } },
      ],
    }),
  )

test.each([
  ['replaces the machine', 'aws_instance', ['delete', 'create'], {}, {}, ['replace aws_instance.machine']],
  ['replaces, made first', 'aws_instance', ['create', 'delete'], {}, {}, ['replace aws_instance.machine']],
  ['removes a role', 'aws_iam_role', ['delete'], {}, null, ['remove aws_iam_role.machine']],
  ['makes a second machine', 'aws_instance', ['create'], null, {}, ['make aws_instance.machine']],
  ['makes a network', 'aws_vpc', ['create'], null, {}, ['make aws_vpc.machine']],
  [
    'stops the machine for another type',
    ...([
      'aws_instance',
      ['update'],
      { instance_type: 't4g.small' },
      { instance_type: 't4g.medium' },
    ] as const),
    ['change instance_type of aws_instance.machine'],
  ],
  [
    'moves it to other groups',
    ...([
      'aws_instance',
      ['update'],
      { vpc_security_group_ids: ['sg-1'] },
      { vpc_security_group_ids: ['sg-2'] },
    ] as const),
    ['change vpc_security_group_ids.0 of aws_instance.machine'],
  ],
  [
    'opens its metadata',
    ...([
      'aws_instance',
      ['update'],
      { metadata_options: [{ http_tokens: 'required' }] },
      { metadata_options: [{ http_tokens: 'optional' }] },
    ] as const),
    ['change metadata_options.0.http_tokens of aws_instance.machine'],
  ],
  [
    'puts another role into a profile',
    ...(['aws_iam_instance_profile', ['update'], { role: 'theirs' }, { role: 'ours' }] as const),
    ['change role of aws_iam_instance_profile.machine'],
  ],
] as const)('a plan that %s is refused', (_what, type, actions, before, after, refused) => {
  expect(judgePlan(plan(type, [...actions], before, after), (address) => address).refused).toEqual(refused)
})

test('a profile that a run which was cut off left without its role is finished', () => {
  for (const role of ['', null]) {
    const changes = plan('aws_iam_instance_profile', ['update'], { role }, { role: 'ours' })
    expect(judgePlan(changes, (address) => address)).toEqual({ improvements: [], refused: [] })
  }
})

test('a plan that tags, binds and bounds is what a takeover is for', () => {
  const changes = [
    ...plan(
      'aws_instance',
      ['update'],
      { tags: null, monitoring: false },
      { tags: { 'kiro:owner': 'alice' }, monitoring: true },
    ),
    ...plan(
      'aws_iam_role',
      ['update'],
      { assume_role_policy: 'a', permissions_boundary: '' },
      { assume_role_policy: 'b', permissions_boundary: 'arn' },
    ),
    ...plan('aws_iam_role', ['create'], null, {}, 'roles_elevated'),
    ...plan('aws_iam_role', ['no-op'], {}, {}, 'other'),
  ]
  expect(judgePlan(changes, (address) => address)).toEqual({
    improvements: [
      'binding: roles answer this one machine, and its engineer by name',
      'boundary: the most a role can ever do, whatever is attached to it',
      'metrics every minute, as the settings say',
      'roles of the sandbox: bound to this one machine',
      'tags: who owns the machine, and that it is a sandbox',
      'window: elevated may do nothing until its engineer opens one',
    ],
    refused: [],
  })
})

test('each step can be the last of a run, and the next run begins with it', () => {
  for (const [index, step] of steps.entries()) {
    const journal = { begun: steps.slice(0, index + 1), done: steps.slice(0, index), stack: 'web' } as never
    expect(decideNext(journal)).toBe(step)
    expect(decideNext(finish(journal, step))).toBe(steps[index + 1])
  }
})

test.each<[Step[], string[]]>([
  [[], []],
  [['retain'], ['retain']],
  [
    ['retain', 'apply'],
    ['apply', 'retain'],
  ],
  [
    ['retain', 'apply', 'machine', 'strip'],
    ['strip', 'machine', 'apply', 'retain'],
  ],
])('of %j is undone %j', (begun, undone) => {
  expect(planUndo({ begun, stack: 'web', user: parseUserName('alice') })).toEqual(undone)
})

test('once the stack is being deleted there is no way back', () => {
  expect(() => planUndo({ begun: [...steps], stack: 'web', user: parseUserName('alice') })).toThrow(
    'the stack web is being deleted',
  )
})

test('a step that was taken back is done anew', () => {
  const journal = finish(begin({ begun: [], done: [] } as never, 'retain'), 'retain')
  expect(decideNext(takeBack(journal, 'retain'))).toBe('retain')
})

test('a role loses what the sandbox does not give it', () => {
  const role = { name: 'r', inline: { Old: '{}' }, attached: ['arn:a', 'arn:b'] } as unknown as FoundRole
  expect(planStrip([role], [{ to: 'x', id: 'r/arn:a' }])).toEqual([
    { role: 'r', inline: ['Old'], attached: ['arn:b'] },
  ])
})

test('profiles keep their names and lead straight to the roles; with push there is no elevated one', () => {
  const spec = specOf(found)
  expect(renderProfiles(spec).match(/^(\[.*|role_arn.*|credential_source.*)$/gm)).toEqual([
    '[profile kiro-readonly]',
    'role_arn = arn:aws:iam::111122223333:role/kiro-readonly-alice',
    'credential_source = Ec2InstanceMetadata',
    '[profile kiro-elevated]',
    'role_arn = arn:aws:iam::111122223333:role/kiro-elevated-alice',
    'credential_source = Ec2InstanceMetadata',
  ])
  expect(renderProfiles({ ...spec, elevation: { mode: 'push' } })).not.toContain('elevated')
})

test.each([
  ['CREATE_COMPLETE', undefined],
  ['UPDATE_ROLLBACK_COMPLETE', undefined],
  ['UPDATE_IN_PROGRESS', 'somebody is changing it'],
  ['ROLLBACK_COMPLETE', 'is in ROLLBACK_COMPLETE: because'],
  ['DELETE_FAILED', 'is in DELETE_FAILED: because'],
] as const)('a stack in %s: %s', (StackStatus, words) => {
  const check = () => checkStack({ StackName: 'web', StackStatus, StackStatusReason: 'because' })
  if (words === undefined) expect(check).not.toThrow()
  else expect(check).toThrow(words)
})

test('a stack that is protected from deletion is not begun with', () => {
  expect(() =>
    checkStack({ StackName: 'web', StackStatus: 'CREATE_COMPLETE', EnableTerminationProtection: true }),
  ).toThrow('the stack web is protected from deletion')
})
