import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { clientsFor, type Room } from '../control/fixture.ts'

export type Clients = ReturnType<typeof clientsFor>

export const account = '111122223333'
export const readOnlyAccess = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

export const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
export const allow = (Action: string | string[], Resource: string | string[] = '*', Condition?: object) => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...(Condition === undefined ? {} : { Condition }),
})
export const deny = (Action: string, Resource = '*') => ({ Effect: 'Deny', Action, Resource })
export const trustAccount = (Condition: object = {}) =>
  document({
    ...{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: `arn:aws:iam::${account}:root` } },
    Condition,
  })

/** Name and words of the error a call ended with. */
export const refused = async (call: Promise<unknown>): Promise<{ name: string; message: string }> => {
  const error = await call.then(
    () => new Error('it was allowed'),
    (thrown: Error) => thrown,
  )
  return { name: error.name, message: error.message }
}

/** A local target, its administrator, and whoever a test brings into being. */
export const openCast = async (room: Room) => {
  const target = await room.up()
  const admin = clientsFor(target)
  let count = 0
  const makeUser = async (...statements: object[]): Promise<{ name: string; clients: Clients }> => {
    const UserName = `user-${++count}`
    await admin.iam.send(new CreateUserCommand({ UserName }))
    if (statements.length > 0)
      await admin.iam.send(
        new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument: document(...statements) }),
      )
    const { AccessKey } = await admin.iam.send(new CreateAccessKeyCommand({ UserName }))
    return {
      name: UserName,
      clients: clientsFor(target, {
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
      }),
    }
  }

  const makeRole = async (
    statements: object[],
    trust = trustAccount(),
    boundary?: string,
  ): Promise<string> => {
    const RoleName = `role-${++count}`
    await admin.iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, PermissionsBoundary: boundary }),
    )
    if (statements.length > 0)
      await admin.iam.send(
        new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: document(...statements) }),
      )
    return RoleName
  }

  const assume = async (from: Clients, role: string, more: object = {}): Promise<Clients> => {
    const { Credentials } = await from.sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${account}:role/${role}`,
        RoleSessionName: 'alice',
        ...more,
      }),
    )
    return clientsFor(target, {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    })
  }
  return { admin, makeUser, makeRole, assume }
}

export type Cast = Awaited<ReturnType<typeof openCast>>
