import { allows, type Circumstance, type Line, lacks, when } from '../row.ts'
import { arn, is } from './engineer-words.ts'

const ec2 = (rest: string) => arn('ec2', rest)
const ami = 'arn:aws:ec2:{region}::image/ami-1'
const snapshot = 'arn:aws:ec2:{region}::snapshot/snap-1'
const disk = ec2('volume/vol-1')
const sandbox: Circumstance = is('of a sandbox', { 'aws:ResourceTag/kiro:sandbox': '{user}' })
const component = (name: string, says = `tagged ${name}`): Circumstance =>
  is(says, { 'aws:ResourceTag/kiro:component': name })
const request = (keys: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [`aws:RequestTag/${key}`, value]))

const launching: readonly Line[] = [
  allows('NewSandbox', 'ec2:RunInstances', ec2('instance/*'), {
    ...is('tagged as a sandbox', request({ 'kiro:sandbox': '{user}' })),
  }),
  allows('NewBuilder', 'ec2:RunInstances', ec2('volume/*'), {
    ...is('tagged as a builder', request({ 'kiro:component': 'image-builder' })),
  }),
  lacks('nothing', 'ec2:RunInstances', ec2('instance/*'), { says: 'without a tag' }),
  lacks('nothing', 'ec2:RunInstances', ec2('instance/*'), {
    ...is('tagged as anything else', request({ 'kiro:component': 'payroll' })),
  }),
  allows('LaunchFrom', 'ec2:RunInstances', ami),
  allows('LaunchFrom', 'ec2:RunInstances', ec2('network-interface/*')),
  lacks('nothing', 'ec2:RunInstances', ec2('key-pair/mine'), { says: 'no keys' }),
  lacks('nothing', 'ec2:RequestSpotInstances'),
]

const birth = (action: string) => is(`while ${action}`, { 'ec2:CreateAction': action })

const tagging: readonly Line[] = [
  allows('TagAtBirth', 'ec2:CreateTags', ec2('instance/*'), birth('RunInstances')),
  allows('TagAtBirth', 'ec2:CreateTags', ec2('vpc-endpoint/*'), birth('CreateVpcEndpoint')),
  allows('TagAtBirth', 'ec2:CreateTags', ami, birth('CopyImage')),
  lacks('nothing', 'ec2:CreateTags', ec2('instance/i-0payroll'), { says: 'making a machine of others ours' }),
  lacks('nothing', 'ec2:CreateTags', ami, { says: 'making an image of others ours' }),
]

const machines: readonly Line[] = [
  ...when(sandbox, [
    allows('Sandboxes', 'ec2:TerminateInstances', '{instance}'),
    allows('Sandboxes', 'ec2:ModifyInstanceAttribute', '{instance}'),
    allows('Sandboxes', 'ec2:CreateTags', disk),
    lacks('nothing', 'ec2:CreateImage', '{instance}', { says: 'its disk stays where it is' }),
    lacks('nothing', 'ec2:CreateSnapshot', disk),
    lacks('nothing', 'ec2:AssociateIamInstanceProfile', '{instance}'),
  ]),
  allows('Builders', 'ec2:TerminateInstances', ec2('instance/i-0b1b'), component('image-builder')),
  ...when({ says: 'of others' }, [
    lacks('nothing', 'ec2:TerminateInstances', ec2('instance/i-0payroll')),
    lacks('nothing', 'ec2:StopInstances', ec2('instance/i-0payroll')),
    lacks('nothing', 'ec2:ModifyInstanceAttribute', ec2('instance/i-0payroll')),
    lacks('nothing', 'ec2:DeleteVolume', ec2('volume/vol-payroll')),
  ]),
]

const images: readonly Line[] = [
  allows('NewImages', 'ec2:CreateImage', ami, is('tagged', request({ 'kiro:component': 'image' }))),
  allows('NewImages', 'ec2:CopyImage', ami, is('tagged', request({ 'kiro:component': 'base-image' }))),
  lacks('nothing', 'ec2:CopyImage', ami, { says: 'without a tag' }),
  allows('ImageOfBuilder', 'ec2:CreateImage', ec2('instance/i-0b1b'), component('image-builder')),
  lacks('nothing', 'ec2:CreateImage', ec2('instance/i-0payroll'), { says: 'of others' }),
  allows('OwnImages', 'ec2:DeregisterImage', ami, component('image')),
  allows('OwnImages', 'ec2:DeleteSnapshot', snapshot, component('base-image')),
  ...when({ says: 'of others' }, [
    lacks('nothing', 'ec2:DeregisterImage', ami),
    lacks('nothing', 'ec2:ModifyImageAttribute', ami),
    lacks('nothing', 'ec2:DeleteSnapshot', snapshot),
  ]),
  lacks('nothing', 'ec2:ModifySnapshotAttribute', snapshot, {
    ...component('image', 'sharing a disk with another account'),
  }),
]

export const operatorMachines: readonly Line[] = [...launching, ...tagging, ...machines, ...images]
