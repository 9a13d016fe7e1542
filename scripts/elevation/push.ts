import * as z from 'zod'
import { names, tag } from '../../config/names.ts'
import { UserError, usageError } from '../../config/user-error.ts'
import { inert, printable, type UserName } from '../../config/user-name.ts'
import { explainAwsError, isAwsError } from '../aws/call.ts'
import type { Context } from '../sandbox/context.ts'
import { askSandbox } from './ask-sandbox.ts'
import type { WindowRecord } from './role.ts'
import { sealFor } from './seal.ts'

/** Of a session policy as it is sent.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const longestPolicy = 2048
/** What STS takes; roles of ours last an hour at most, as does every session made with another session. */
const [shortest, longest] = [900, 3600]

/** Everything from here on is done with the rights of an engineer. */
export const asEngineer = async (context: Context, user: UserName): Promise<Context> => ({
  ...context,
  target: { ...context.target, sdk: await context.target.loginAs(user) },
})

export const refuseLongPush = (seconds: number): void => {
  if (seconds > longest)
    throw usageError(
      `--for is ${seconds / 60} minutes, and a session that is handed over lasts ${longest / 60} at most`,
      'elevate again when it ends; elevation.mode window knows no such end',
    )
}

/** @param document the window, as the policy of a session */
export const refuseLongPolicy = (document: string): void => {
  if (document.length > longestPolicy)
    throw usageError(
      `--allow makes a session policy of ${document.length} characters, AWS takes ${longestPolicy}`,
      'shorten the list, for instance with s3:*',
    )
}

export interface Push extends WindowRecord {
  readonly user: UserName
  readonly instanceId: string
  readonly seconds: number
  readonly document: string
  readonly allow: readonly string[] | undefined
}

const assumeElevated = async ({ target }: Context, { user, seconds, document, ...record }: Push) => {
  const { AssumeRoleCommand, STSClient } = await import('../aws/sdk/sts.ts')
  const call = new AssumeRoleCommand({
    RoleArn: `arn:aws:iam::${target.accountId}:role/${names.elevatedRole(user)}`,
    RoleSessionName: user,
    // A shorter window ends by its policy.
    DurationSeconds: Math.max(shortest, seconds),
    Policy: document,
    Tags: [
      { Key: tag.elevatedUntil, Value: record.until },
      { Key: tag.elevatedBy, Value: record.by },
      { Key: tag.elevatedReason, Value: record.reason },
      { Key: tag.elevatedPushed, Value: 'true' },
    ],
  })
  const { Credentials } = await new STSClient(target.sdk).send(call).catch((error: unknown) => {
    if (!isAwsError(error, 'AccessDenied')) throw explainAwsError(error, `become ${names.elevatedRole(user)}`)
    throw new UserError(`AWS does not let this login become ${names.elevatedRole(user)}: ${error}`, {
      hint: `log in as ${user}; if the settings have just changed to push: npm run sandbox:up -- --user ${user}`,
      cause: error,
    })
  })
  if (Credentials === undefined) throw new Error('AssumeRole answered without credentials')
  return Credentials
}

/** The session is made here, sealed for a key of the sandbox, and opened there; nothing in between can read it. */
export const pushSession = async (context: Context, push: Push): Promise<void> => {
  const key = await askSandbox(context, push, 'begin')
  const { AccessKeyId, SecretAccessKey, SessionToken } = await assumeElevated(context, push)
  const { by, reason, until } = push
  const session = { AccessKeyId, SecretAccessKey, SessionToken, Expiration: until, by, reason }
  await askSandbox(
    context,
    push,
    'take',
    sealFor(key, JSON.stringify({ ...session, allow: push.allow ?? null })),
  )
}

/** @returns when AWS would have ended it; undefined: there was none */
export const dropSession = async (
  context: Context,
  machine: { readonly user: UserName; readonly instanceId: string },
): Promise<string | undefined> => (await askSandbox(context, machine, 'drop')) || undefined

/** What lies on the sandbox, and what AWS says to it at this moment. */
export type PushState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'held'
      readonly until: string
      readonly by: string | null
      readonly reason: string | null
      readonly allow: readonly string[] | null
      readonly allowed: boolean
      readonly said: string
    }

const text = z.string().transform(inert)

/** What the sandbox user can write is for a terminal to show, not to obey. */
const heldSchema = z.object({
  until: z.iso.datetime({ offset: true }),
  by: text.nullable().default(null),
  reason: text.nullable().default(null),
  allow: z.array(text).nullable().default(null),
  allowed: z.boolean().default(false),
  said: text.default(''),
})
const noneSchema = z.strictObject({})

export const parsePushState = (json: string): PushState => {
  let data: unknown
  try {
    data = JSON.parse(json)
  } catch {
    data = undefined
  }
  const held = heldSchema.safeParse(data).data
  if (held !== undefined) return { kind: 'held', ...held }
  if (!noneSchema.safeParse(data).success)
    throw new UserError(`the sandbox answers "${printable(json)}", which says nothing of a session`, {
      hint: 'npm run sandbox:deescalate, then sandbox:elevate again',
    })
  return { kind: 'none' }
}

export const findPushState = async (
  context: Context,
  machine: { readonly user: UserName; readonly instanceId: string },
): Promise<PushState> => parsePushState(await askSandbox(context, machine, 'status'))
