import type { ContextValues } from '../../iam/context.ts'
import { headerOf } from '../gateway/incoming.ts'
import { nameAction } from './actions.ts'
import { ec2Arn } from './ec2-resources.ts'
import { type Asked, listResources } from './resources.ts'

/** One question to the policies. A call is allowed when all of its checks are. */
export interface Check {
  readonly action: string
  readonly resource: string
  /** On top of the context of the call. */
  readonly context?: ContextValues
}

/** Whoever starts a machine with a role gives the role away. */
const passRole = (asked: Asked): Check[] => {
  const { operation, input, accountId } = asked
  const to = (service: string) => ({ 'iam:PassedToService': service })
  const profile = input.first('Arn') ?? input.first('Name')
  // The role in a profile is not in the request; access.ts puts it in place of the profile.
  if (/^(RunInstances|(Associate|Replace)IamInstanceProfile\w*)$/.test(operation) && profile !== undefined) {
    const resource = profile.startsWith('arn:')
      ? profile
      : `arn:aws:iam::${accountId}:instance-profile/${profile}`
    return [{ action: 'iam:PassRole', resource, context: to('ec2.amazonaws.com') }]
  }
  const role = input.first('RoleName')
  if (operation === 'AddRoleToInstanceProfile' && role !== undefined)
    return [
      {
        action: 'iam:PassRole',
        resource: `arn:aws:iam::${accountId}:role/${role}`,
        context: to('ec2.amazonaws.com'),
      },
    ]
  return []
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html */
const tagOnCreate = ({ call, operation, input, accountId }: Asked): Check[] =>
  call.service !== 'ec2' || operation === 'CreateTags'
    ? []
    : input.taggedKinds.map((kind) => ({
        action: 'ec2:CreateTags',
        resource: ec2Arn(call.region, accountId)(kind, '*'),
        context: { 'ec2:CreateAction': operation },
      }))

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html */
const tagSession = ({ call, operation, input }: Asked): Check[] =>
  call.service === 'sts' && /^AssumeRole/.test(operation) && input.tagKeys.length > 0
    ? input.values('RoleArn').map((resource) => ({ action: 'sts:TagSession', resource }))
    : []

/** Copying reads what is copied. */
const copySource = ({ call, incoming }: Asked): Check[] => {
  const source = call.service === 's3' ? headerOf(incoming, 'x-amz-copy-source') : undefined
  const [path = ''] = (source ?? '').replace(/^\//, '').split('?')
  return path === '' ? [] : [{ action: 's3:GetObject', resource: `arn:aws:s3:::${decodeURIComponent(path)}` }]
}

export const planChecks = (asked: Asked): readonly Check[] => {
  const action = nameAction(asked.call, asked.operation, asked.incoming)
  return [
    ...listResources(asked).map((resource) => ({ action, resource })),
    ...tagOnCreate(asked),
    ...passRole(asked),
    ...copySource(asked),
    ...tagSession(asked),
  ]
}
