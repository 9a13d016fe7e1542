import { describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { parseUserName } from '../../config/user-name.ts'
import { decideBootstrap } from '../../scripts/aws/bootstrap.ts'
import type { SandboxMachine } from '../../scripts/aws/instances.ts'
import { listDisruptive } from '../../scripts/sandbox/apply-stack.ts'
import { decideDrift } from '../../scripts/sandbox/facts.ts'
import { decideStack } from '../../scripts/sandbox/survey-stack.ts'
import { sandboxSpec } from '../stacks/specs.ts'

const record = { version: 1 as const, digest: 'd1', spec: {}, outputs: {}, stateTag: 't1', appliedAt: '' }

describe('what to do with a stack', () => {
  test.each([
    ['no state', { digest: 'd1', record: undefined, stateTag: undefined }, 'make'],
    ['a state nobody finished', { digest: 'd1', record: undefined, stateTag: 't1' }, 'finish'],
    ['somebody applied since', { digest: 'd1', record, stateTag: 't2' }, 'finish'],
    ['other settings', { digest: 'd2', record, stateTag: 't1' }, 'change'],
    ['the same', { digest: 'd1', record, stateTag: 't1' }, 'keep'],
    ['a record that outlived its state', { digest: 'd1', record, stateTag: undefined }, 'make'],
  ])('%s', (_name, survey, decision) => expect(decideStack(survey)).toBe(decision))
})

describe('what needs a yes', () => {
  const machine = 'aws_instance.sandbox_machine_61CDEC6F'
  test.each([
    [{ address: machine, action: 'replace', reason: undefined }, true, true],
    [{ address: machine, action: 'replace', reason: 'cannot_update' }, false, true],
    [{ address: machine, action: 'replace', reason: 'tainted' }, true, false],
    [{ address: machine, action: 'update', reason: undefined }, true, true],
    [{ address: machine, action: 'update', reason: undefined }, false, false],
    [{ address: machine, action: 'create', reason: undefined }, true, false],
    [{ address: 'aws_iam_role.x', action: 'update', reason: undefined }, true, false],
    [{ address: 'aws_subnet.x', action: 'delete', reason: undefined }, true, true],
  ])('%j, finished before: %s', (planned, finishedBefore, disruptive) => {
    expect(listDisruptive([planned], finishedBefore).length > 0).toBe(disruptive)
  })
})

describe('drift of a machine', () => {
  const sound: SandboxMachine = {
    user: parseUserName('alice'),
    instanceId: 'i-1',
    state: 'running',
    type: sandboxSpec.instance.type,
    imageId: sandboxSpec.image.id,
    image: 'golden',
    privateIp: '10.20.0.4',
    publicIp: undefined,
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    securityGroupIds: ['sg-1'],
    profileArn: `arn:aws:iam::111122223333:instance-profile/${names.instanceProfile(sandboxSpec.user)}`,
    tokensRequired: true,
    hopLimit: 1,
    keyName: undefined,
    monitoring: true,
    adoptedFrom: undefined,
    launchedAt: undefined,
  }

  test('a machine as specified has none', () => {
    expect(decideDrift(sandboxSpec, { machine: sound, missingRoles: [] })).toEqual([])
  })

  test.each([
    [{ tokensRequired: false }, 'IMDSv2 is optional instead of required'],
    [{ hopLimit: 2 }, 'metadata hop limit is 2 instead of 1'],
    [{ publicIp: '198.51.100.1' }, 'public address is 198.51.100.1 instead of none'],
    [{ keyName: 'laptop' }, 'key pair is laptop instead of none'],
    [{ type: 't4g.large' }, 'instance type is t4g.large instead of t4g.medium'],
    [{ securityGroupIds: ['sg-1', 'sg-open'] }, 'security groups is sg-1,sg-open instead of sg-1'],
    [{ profileArn: undefined }, 'instance profile is none instead of kiro-ec2-alice'],
    [{ subnetId: 'subnet-public' }, 'subnet is subnet-public instead of subnet-1'],
  ])('%j', (change, drift) => {
    expect(decideDrift(sandboxSpec, { machine: { ...sound, ...change }, missingRoles: [] })).toEqual([drift])
  })

  test('a machine or a role that is gone is named', () => {
    expect(decideDrift(sandboxSpec, { machine: undefined, missingRoles: ['kiro-readonly-alice'] })).toEqual([
      'the instance is gone',
      'role kiro-readonly-alice is gone',
    ])
  })
})

describe('the stack of the state bucket', () => {
  test.each([
    [undefined, 'missing'],
    ['CREATE_COMPLETE', 'ready'],
    ['UPDATE_ROLLBACK_COMPLETE', 'ready'],
    ['CREATE_IN_PROGRESS', 'underWay'],
  ] as const)('%s is %s', (status, state) => {
    expect(decideBootstrap(status === undefined ? undefined : { StackStatus: status })).toBe(state)
  })

  test.each(['ROLLBACK_COMPLETE', 'DELETE_FAILED', 'CREATE_FAILED'] as const)(
    '%s is for a person',
    (status) => {
      expect(() => decideBootstrap({ StackStatus: status, StackStatusReason: 'name taken' })).toThrow(
        `is in ${status}: name taken`,
      )
    },
  )
})
