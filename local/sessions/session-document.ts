import * as z from 'zod'
import { sessionTypes } from '../../protocol/ssm/handshake.ts'
import { Refusal } from '../gateway/json-api.ts'

/** AWS takes `true` and `"true"`. */
const flag = z
  .union([z.boolean(), z.string()])
  .transform((value) => String(value).toLowerCase() === 'true')
  .default(false)
const text = z.string().default('')

const parameter = z.looseObject({
  type: z.string(),
  default: z.union([z.string(), z.boolean(), z.number()]).optional(),
  allowedPattern: z.string().optional(),
  allowedValues: z.array(z.string()).optional(),
  minChars: z.coerce.number().optional(),
  maxChars: z.coerce.number().optional(),
})

const inputs = z.looseObject({
  s3BucketName: text,
  s3KeyPrefix: text,
  cloudWatchLogGroupName: text,
  cloudWatchEncryptionEnabled: flag,
  cloudWatchStreamingEnabled: flag,
  kmsKeyId: text,
  runAsEnabled: flag,
  runAsDefaultUser: text,
  /** Minutes. */
  idleSessionTimeout: z.union([z.string(), z.number()]).default(''),
  /** Minutes; empty is for ever. */
  maxSessionDuration: z.union([z.string(), z.number()]).default(''),
  shellProfile: z.looseObject({ linux: text }).default({ linux: '' }),
})

const commands = z.looseObject({
  commands: text,
  runAsElevated: flag,
  separateOutputStream: flag,
  stdOutSeparatorPrefix: text,
  stdErrSeparatorPrefix: text,
})

const schema = z.looseObject({
  schemaVersion: z.literal('1.0'),
  sessionType: z.enum(sessionTypes),
  inputs: inputs.prefault({}),
  parameters: z.record(z.string(), parameter).default({}),
  properties: z.record(z.string(), z.unknown()).default({}),
})

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html */
export type SessionDocument = z.output<typeof schema>
export type Commands = z.output<typeof commands>

const invalid = (message: string): Refusal => new Refusal('InvalidDocument', message)

export const parseSessionDocument = (name: string, content: string): SessionDocument => {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch {
    throw invalid(`The content of the document ${name} is no JSON.`)
  }
  const { success, data, error } = schema.safeParse(value)
  if (success) return data
  const [issue] = error.issues
  throw invalid(`The document ${name} has a bad ${issue?.path.join('.') || 'shape'}: ${issue?.message}`)
}

export type Given = Readonly<Record<string, readonly string[]>>

const refuseValue = (name: string, value: string, rule: z.output<typeof parameter>): void => {
  const wrong = (why: string) =>
    new Refusal('InvalidParameters', `Parameter "${name}" has an invalid value: "${value}" ${why}`)
  if (rule.allowedPattern !== undefined && !new RegExp(`^(?:${rule.allowedPattern})$`).test(value))
    throw wrong(`does not match ${rule.allowedPattern}`)
  if (rule.allowedValues !== undefined && !rule.allowedValues.includes(value))
    throw wrong(`is none of ${rule.allowedValues.join(', ')}`)
  if (value.length < (rule.minChars ?? 0)) throw wrong(`is shorter than ${rule.minChars} characters`)
  if (value.length > (rule.maxChars ?? Number.POSITIVE_INFINITY))
    throw wrong(`is longer than ${rule.maxChars} characters`)
}

/** What each parameter of the document is; refuses what it does not know, what it must have, and what it does not allow. */
const planValues = ({ parameters }: SessionDocument, given: Given): Readonly<Record<string, string>> => {
  const strange = Object.keys(given).find((name) => !Object.hasOwn(parameters, name))
  if (strange !== undefined)
    throw new Refusal('InvalidParameters', `Parameter "${strange}" is not defined in the document.`)
  return Object.fromEntries(
    Object.entries(parameters).map(([name, rule]) => {
      const value = given[name]?.join(',') ?? rule.default
      if (value === undefined)
        throw new Refusal('InvalidParameters', `Parameter "${name}" is required and has no default.`)
      if (given[name] !== undefined) refuseValue(name, String(value), rule)
      return [name, String(value)]
    }),
  )
}

const substitute = (value: unknown, values: Readonly<Record<string, string>>): unknown => {
  if (typeof value === 'string')
    return value.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (whole, name: string) =>
      Object.hasOwn(values, name) ? (values[name] as string) : whole,
    )
  if (Array.isArray(value)) return value.map((one) => substitute(one, values))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, substitute(inner, values)]))
}

/** Minutes that AWS ends a quiet session after when nobody says otherwise. */
const usualIdle = 20

const parseMinutes = (what: string, value: string | number, most: number): number | undefined => {
  if (value === '') return undefined
  const minutes = Number(value)
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= most) return minutes
  throw invalid(`The ${what} is ${value}: 1 to ${most} minutes are allowed.`)
}

/** A document with the parameters of one call: what the session will be. */
export interface SessionPlan {
  readonly sessionType: SessionDocument['sessionType']
  /** As the handshake shows them to the client of a port. */
  readonly properties: Readonly<Record<string, unknown>>
  readonly commands: Commands
  readonly runAs: string | undefined
  readonly shellProfile: string
  /** Without one the session is not encrypted beyond its connection. */
  readonly kmsKeyId: string
  readonly logs: {
    /** Of CloudWatch; empty: nothing is kept. */
    readonly group: string
    /** The group must be encrypted, or there is no session. */
    readonly encrypted: boolean
    readonly streams: boolean
    /** Of S3; empty: nothing is kept there. */
    readonly bucket: string
    readonly keyPrefix: string
  }
  readonly idleMinutes: number
  readonly maxMinutes: number | undefined
}

export const planSession = (document: SessionDocument, given: Given): SessionPlan => {
  const values = planValues(document, given)
  const filled = schema.parse({
    ...document,
    inputs: substitute(document.inputs, values),
    properties: substitute(document.properties, values),
  })
  const { sessionType, properties } = filled
  const input = filled.inputs
  const parsed = commands.safeParse(properties.linux ?? properties)
  if (!parsed.success) throw invalid('The properties of the document are not those of a command.')
  if (/Commands$/.test(sessionType) && parsed.data.commands.trim() === '')
    throw invalid(`Commands cannot be empty for session type ${sessionType}`)
  return {
    ...{ sessionType, properties, commands: parsed.data },
    runAs: input.runAsEnabled ? input.runAsDefaultUser : undefined,
    shellProfile: input.shellProfile.linux,
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-enable-encryption.html
    kmsKeyId: sessionType === 'Port' ? '' : input.kmsKeyId,
    logs: {
      group: input.cloudWatchLogGroupName,
      encrypted: input.cloudWatchEncryptionEnabled,
      streams: input.cloudWatchStreamingEnabled,
      bucket: input.s3BucketName,
      keyPrefix: input.s3KeyPrefix,
    },
    idleMinutes: parseMinutes('idleSessionTimeout', input.idleSessionTimeout, 60) ?? usualIdle,
    maxMinutes: parseMinutes('maxSessionDuration', input.maxSessionDuration, 1440),
  }
}
