import { createHash } from 'node:crypto'
import type { IAMClient } from '@aws-sdk/client-iam'
import { names } from '../config/names.ts'
import { localAccountId } from '../config/pins.ts'
import type { Settings } from '../config/settings.ts'
import { operatorPolicies } from '../stacks/access/operator-policy.ts'
import { awsCall, isAwsError } from './aws/call.ts'
import type { SdkConfig } from './target.ts'

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${localAccountId}:root` },
    Action: 'sts:AssumeRole',
  },
})

const unlessThere = (call: Promise<unknown>): Promise<unknown> =>
  call.catch((error: unknown) => {
    if (!isAwsError(error, 'EntityAlreadyExists', 'EntityAlreadyExistsException')) throw error
  })

interface Policy {
  readonly name: string
  readonly arn: string
  readonly document: string
}

/** Named after what is in them, so that those of older sources are told apart, and none is ever rewritten. */
const planPolicies = (region: string): Policy[] =>
  Object.entries(operatorPolicies({ accountId: localAccountId, region })).map(([base, policy]) => {
    const document = JSON.stringify(policy)
    const name = `${base}-${createHash('sha256').update(document).digest('hex').slice(0, 8)}`
    return { name, arn: `arn:aws:iam::${localAccountId}:policy/${name}`, document }
  })

/** Exactly the policies of the operator, whatever was attached before. */
const attachPolicies = async (iam: IAMClient, RoleName: string, policies: Policy[]): Promise<void> => {
  const {
    AttachRolePolicyCommand,
    CreatePolicyCommand,
    DetachRolePolicyCommand,
    ListAttachedRolePoliciesCommand,
  } = await import('./aws/sdk/iam.ts')
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))
  const attached = AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? [])
  for (const { name, arn, document } of policies) {
    if (attached.includes(arn)) continue
    await unlessThere(iam.send(new CreatePolicyCommand({ PolicyName: name, PolicyDocument: document })))
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: arn }))
  }
  for (const PolicyArn of attached)
    if (!policies.some(({ arn }) => arn === PolicyArn))
      await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }))
}

/**
 * Commands on the local target as an operator with the policies that access:policy --operator prints and no others:
 * a role of that account, so the gateway judges each call as AWS would.
 */
export const openLocalOperator = async (sdk: SdkConfig, { region }: Settings): Promise<SdkConfig> => {
  const { CreateRoleCommand, IAMClient } = await import('./aws/sdk/iam.ts')
  const { AssumeRoleCommand, STSClient } = await import('./aws/sdk/sts.ts')
  const iam = new IAMClient(sdk)
  const RoleName = names.operatorRole(region)
  const make = new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust })
  await awsCall(`make ${RoleName}`, () => unlessThere(iam.send(make)))
  await awsCall(`give ${RoleName} its policies`, () => attachPolicies(iam, RoleName, planPolicies(region)))
  const { Credentials } = await awsCall(`become ${RoleName}`, () =>
    new STSClient(sdk).send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${localAccountId}:role/${RoleName}`,
        RoleSessionName: 'operator',
      }),
    ),
  )
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {}
  if (!AccessKeyId || !SecretAccessKey || !SessionToken)
    throw new Error('AssumeRole answered without credentials')
  return {
    ...sdk,
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    },
  }
}
