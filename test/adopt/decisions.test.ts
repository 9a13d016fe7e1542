import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { UserName } from '../../config/user-name.ts'
import { decideFates, type StackResource } from '../../scripts/adoption/fates.ts'
import { judgeChangeSet } from '../../scripts/adoption/judge-change-set.ts'
import {
  isRetained,
  listMovingParameters,
  planPinned,
  planRetained,
} from '../../scripts/adoption/template.ts'

const template = readFileSync(join(import.meta.dirname, 'fixtures', 'kiro-agent-test.yaml'), 'utf8')
const linesOf = (text: string) => text.split('\n')

/** Lines that are in one text and not in the other, in their order. */
const added = (before: string, after: string) => {
  const left = linesOf(before)
  return linesOf(after).filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

test('only the image of the template is read anew by every update', () => {
  expect(listMovingParameters(template)).toEqual(['AmiId'])
})

test('to keep a machine, its resource and the type of its image are all that changes in the text', () => {
  const plan = { keep: ['Ec2Instance'], pins: { AmiId: 'ami-0123' } }
  const retained = planRetained(template, plan)
  expect(added(template, retained)).toEqual([
    '    Type: AWS::EC2::Image::Id',
    '    Default: ami-0123',
    '    DeletionPolicy: Retain',
    '    UpdateReplacePolicy: Retain',
    '    Metadata:',
    '      KiroSandboxAdopts: yes',
  ])
  expect(added(retained, template)).toEqual([
    '    Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
    '    Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
  ])
  expect([isRetained(template, plan.keep), isRetained(retained, plan.keep)]).toEqual([false, true])
})

test('a template as JSON stays JSON', () => {
  const json = JSON.stringify({
    Resources: { Box: { Type: 'AWS::EC2::Instance', Properties: { A: '${B}' } } },
  })
  expect(JSON.parse(planRetained(json, { keep: ['Box'], pins: {} }))).toMatchObject({
    Resources: { Box: { Properties: { A: '${B}' }, DeletionPolicy: 'Retain' } },
  })
})

test('a pinned template differs in its image alone', () => {
  expect(added(template, planPinned(template, { AmiId: 'ami-0123' }))).toEqual([
    '    Type: AWS::EC2::Image::Id',
    '    Default: ami-0123',
  ])
})

test('a template that is none is refused in a sentence', () => {
  expect(() => listMovingParameters('Resources: [')).toThrow('is not one that can be read')
})

const resource = (logicalId: string, type: string, physicalId: string): StackResource => ({
  ...{ logicalId, type, physicalId },
})
const seed = (stack: string): StackResource[] => [
  resource('ReadOnlyRole', 'AWS::IAM::Role', `kiro-readonly-${stack}`),
  resource('ElevatedRole', 'AWS::IAM::Role', `kiro-elevated-${stack}`),
  resource('Ec2Role', 'AWS::IAM::Role', `kiro-ec2-${stack}`),
  resource('InstanceProfile', 'AWS::IAM::InstanceProfile', `kiro-ec2-${stack}`),
  resource('Ec2Instance', 'AWS::EC2::Instance', 'i-0123'),
]

test.each([
  ['of the name of the stack', 'kiro-agent-test', ['import', 'import', 'import', 'import', 'import']],
  ['of another name', 'alice', ['replace', 'replace', 'replace', 'replace', 'import']],
])('the machine is always kept; for an engineer %s its roles: %s', (_what, user, fates) => {
  const fated = decideFates('kiro-agent-test', seed('kiro-agent-test'), user as UserName)
  expect(fated.map(({ fate }) => fate)).toEqual(fates)
})

test('what the article does not have outlives the stack and is nobody’s', () => {
  const more = [
    resource('Volume', 'AWS::EC2::Volume', 'vol-1'),
    resource('LambdaRole', 'AWS::IAM::Role', 'x1-LambdaRole-0A1B'),
    resource('LambdaProfile', 'AWS::IAM::InstanceProfile', 'x1-LambdaProfile-0A1B'),
  ]
  const fates = decideFates('x1', [...seed('x1'), ...more], 'alice' as UserName).map(({ fate }) => fate)
  expect(fates.slice(-3)).toEqual(['leave', 'leave', 'leave'])
})

test.each([
  ['no machine', []],
  ['2 machines: i-1, i-2', ['i-1', 'i-2']],
])('a stack with %s is refused', (words, ids) => {
  const machines = ids.map((id) => resource(id, 'AWS::EC2::Instance', id))
  expect(() => decideFates('web', machines, 'alice' as UserName)).toThrow(`the stack web has ${words}`)
})

const change = (more: object) => ({
  ...{ logicalId: 'Ec2Instance', action: 'Modify', replacement: 'False', scope: ['DeletionPolicy'] },
  ...more,
})

test.each([
  ['keeps things', change({ scope: ['Metadata', 'DeletionPolicy', 'UpdateReplacePolicy'] }), []],
  ['does not say whether it replaces', change({ replacement: undefined }), []],
  ['replaces', change({ replacement: 'True', scope: ['Properties'] }), ['replace Ec2Instance']],
  ['might replace', change({ replacement: 'Conditional' }), ['replace Ec2Instance']],
  [
    'changes in place',
    change({ scope: ['Properties', 'Tags'] }),
    ['change Properties and Tags of Ec2Instance'],
  ],
  ['adds', change({ action: 'Add', replacement: undefined }), ['add Ec2Instance']],
  ['removes', change({ action: 'Remove', replacement: undefined }), ['remove Ec2Instance']],
])('a change set that %s is judged by it', (_what, announced, findings) => {
  expect(judgeChangeSet([announced])).toEqual(findings)
})
