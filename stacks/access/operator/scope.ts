import { names, tag } from '../../../config/names.ts'
import type { Statement } from '../policy.ts'

export interface OperatorScope {
  readonly accountId: string
  readonly region: string
}

/** ARNs of one service in the operator's account and region. */
export const arnsOf =
  ({ accountId, region }: OperatorScope, service: string) =>
  (...rest: string[]): readonly string[] =>
    rest.map((one) => `arn:aws:${service}:${region}:${accountId}:${one}`)

/** Images and snapshots have no account in their ARNs. */
export const imageArns = ({ region }: OperatorScope): readonly string[] =>
  ['image', 'snapshot'].map((kind) => `arn:aws:ec2:${region}::${kind}/*`)

export const stateBucketArn = ({ accountId, region }: OperatorScope): string =>
  `arn:aws:s3:::${names.stateBucket(accountId, region)}`

type Condition = NonNullable<Statement['Condition']>

/** What the network stack has made. */
export const ofNetwork: Condition = { StringEquals: { [`aws:ResourceTag/${tag.sandbox}`]: 'shared' } }

/** What carries the name of an engineer, or of all. */
export const ofSandbox: Condition = { Null: { [`aws:ResourceTag/${tag.sandbox}`]: 'false' } }

/** Machines that become images, the images, and copies of base images. */
export const imageComponents = ['image', 'image-builder', 'base-image'] as const
export const ofImages: Condition = {
  StringEquals: { [`aws:ResourceTag/${tag.component}`]: imageComponents },
}
