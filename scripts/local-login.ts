import { createHash } from 'node:crypto'
import { localAccountId } from '../config/pins.ts'
import type { Settings } from '../config/settings.ts'
import { usageError } from '../config/user-error.ts'
import type { UserName } from '../config/user-name.ts'
import { engineerAbacPolicy } from '../stacks/access/engineer-policy.ts'
import { ssoName } from '../stacks/access/trust.ts'
import { awsCall, isAwsError } from './aws/call.ts'
import type { SdkConfig } from './target.ts'

/** Where Identity Center keeps the roles of its permission sets. */
const path = '/aws-reserved/sso.amazonaws.com/'

/** As Identity Center does: sixteen digits that belong to one assignment. */
const roleName = (permissionSet: string): string =>
  `AWSReservedSSO_${permissionSet}_${createHash('sha256').update(permissionSet).digest('hex').slice(0, 16)}`

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${localAccountId}:root` },
    Action: 'sts:AssumeRole',
  },
})

/**
 * The local target has no IAM Identity Center. What stands for it is the role of the permission set, under the name
 * it would have there and with the policy of all engineers; its session is called after the engineer. Everything an
 * engineer does with it is enforced, as it is for guests.
 */
export const openLocalLogin = async (
  sdk: SdkConfig,
  { access, region, network, elevation }: Settings,
  user: UserName,
): Promise<SdkConfig> => {
  const { permissionSet } = access.engineer
  if (permissionSet === undefined)
    throw usageError(
      'access.engineer.permissionSet is not set, and engineers log in with it',
      'any name will do on the local target, such as KiroEngineer',
    )
  const { CreateRoleCommand, IAMClient, PutRolePolicyCommand } = await import('./aws/sdk/iam.ts')
  const { AssumeRoleCommand, STSClient } = await import('./aws/sdk/sts.ts')
  const iam = new IAMClient(sdk)
  const RoleName = roleName(permissionSet)
  const make = new CreateRoleCommand({ RoleName, Path: path, AssumeRolePolicyDocument: trust })
  await awsCall(`make ${RoleName}`, () =>
    iam.send(make).catch((error: unknown) => {
      if (!isAwsError(error, 'EntityAlreadyExists', 'EntityAlreadyExistsException')) throw error
    }),
  )
  const policy = engineerAbacPolicy({
    ...{ accountId: localAccountId, region, engineer: access.engineer, mode: elevation.mode },
    cidr: network.cidr,
  })
  const put = new PutRolePolicyCommand({
    ...{ RoleName, PolicyName: 'engineer', PolicyDocument: JSON.stringify(policy) },
  })
  await awsCall(`give ${RoleName} its policy`, () => iam.send(put))
  const { Credentials } = await awsCall(`log in as ${user}`, () =>
    new STSClient(sdk).send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${localAccountId}:role${path}${RoleName}`,
        RoleSessionName: ssoName({ user, access }),
      }),
    ),
  )
  const {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
  } = Credentials ?? {}
  if (!accessKeyId || !secretAccessKey || !sessionToken)
    throw new Error('AssumeRole answered without credentials')
  return { ...sdk, credentials: { accessKeyId, secretAccessKey, sessionToken } }
}
