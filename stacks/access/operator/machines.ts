import { tag } from '../../../config/names.ts'
import type { Statement } from '../policy.ts'
import { arnsOf, imageArns, imageComponents, type OperatorScope, ofImages, ofSandbox } from './scope.ts'

const launching = (scope: OperatorScope): readonly Statement[] => {
  const machine = arnsOf(scope, 'ec2')('instance/*', 'volume/*')
  return [
    {
      Sid: 'NewSandbox',
      Effect: 'Allow',
      Action: 'ec2:RunInstances',
      Resource: machine,
      Condition: { Null: { [`aws:RequestTag/${tag.sandbox}`]: 'false' } },
    },
    {
      Sid: 'NewBuilder',
      Effect: 'Allow',
      Action: 'ec2:RunInstances',
      Resource: machine,
      Condition: { StringEquals: { [`aws:RequestTag/${tag.component}`]: 'image-builder' } },
    },
    {
      // Subnet and group must be those of the network: OwnNetwork.
      Sid: 'LaunchFrom',
      Effect: 'Allow',
      Action: 'ec2:RunInstances',
      Resource: [...arnsOf(scope, 'ec2')('network-interface/*'), ...imageArns(scope)],
    },
  ]
}

/** The same for machines of engineers and for those that become images. */
const changes = [
  'CreateTags',
  'DeleteTags',
  'DeleteVolume',
  'ModifyInstance*',
  'ModifyVolume',
  'MonitorInstances',
  'StartInstances',
  'StopInstances',
  'TerminateInstances',
  'UnmonitorInstances',
].map((action) => `ec2:${action}`)

const images = (scope: OperatorScope): readonly Statement[] => [
  {
    Sid: 'NewImages',
    Effect: 'Allow',
    Action: ['ec2:CopyImage', 'ec2:CreateImage'],
    Resource: imageArns(scope),
    Condition: { StringEquals: { [`aws:RequestTag/${tag.component}`]: ['base-image', 'image'] } },
  },
  {
    Sid: 'OwnImages',
    Effect: 'Allow',
    Action: [
      'ec2:CreateTags',
      'ec2:DeleteSnapshot',
      'ec2:DeregisterImage',
      'ec2:DisableImageDeprecation',
      'ec2:EnableImageDeprecation',
      'ec2:ModifyImageAttribute',
    ],
    Resource: imageArns(scope),
    Condition: ofImages,
  },
  {
    Sid: 'ImageOfBuilder',
    Effect: 'Allow',
    Action: 'ec2:CreateImage',
    Resource: arnsOf(scope, 'ec2')('instance/*'),
    Condition: { StringEquals: { [`aws:ResourceTag/${tag.component}`]: imageComponents[1] } },
  },
]

/** Machines of engineers, machines that become images, and images. */
export const machinesRights = (scope: OperatorScope): readonly Statement[] => {
  const machine = arnsOf(scope, 'ec2')('instance/*', 'volume/*')
  return [
    ...launching(scope),
    {
      // A tag that is given with the making; https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
      Sid: 'TagAtBirth',
      Effect: 'Allow',
      Action: 'ec2:CreateTags',
      Resource: [...arnsOf(scope, 'ec2')('*/*'), ...imageArns(scope)],
      Condition: {
        StringLike: {
          'ec2:CreateAction': ['AllocateAddress', 'Authorize*', 'CopyImage', 'Create*', 'RunInstances'],
        },
      },
    },
    { Sid: 'Sandboxes', Effect: 'Allow', Action: changes, Resource: machine, Condition: ofSandbox },
    { Sid: 'Builders', Effect: 'Allow', Action: changes, Resource: machine, Condition: ofImages },
    ...images(scope),
  ]
}
