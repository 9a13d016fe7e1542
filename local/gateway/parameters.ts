import type { Call } from './classify.ts'
import { type Incoming, pathStyle } from './incoming.ts'

export type Parameters = Readonly<Record<string, unknown>>

export const masked = '***'
const longest = 2048
/** Trust and permission documents are what an audit is about; IAM's own limit is 10 240 characters. */
const longestDocument = 20_480

const secretName =
  /^(SecretString|SecretBinary|SecretAccessKey|\w*Password|UserData|Plaintext|CiphertextBlob|PrivateKey\w*|SessionToken|AuthToken|AccessToken|TokenValue|WebIdentityToken|SAMLAssertion|TokenCode|AuthenticationCode\d|ClientSecret|NewPassword|OldPassword|KeyMaterial|Base64\w*)$/i

/** `LaunchTemplateData.UserData` -> `UserData`; the numbers of list members do not count. */
const lastWord = (name: string): string =>
  name
    .split('.')
    .filter((part) => !/^(\d+|member|Value)$/.test(part))
    .at(-1) ?? name

const cut = (name: string, text: string): string => {
  const limit = /Policy|Document/.test(name) ? longestDocument : longest
  return text.length > limit ? `${text.slice(0, limit)}… (${text.length} characters)` : text
}

/** A value that has its name beside it: template parameters, tags, environment entries. */
const namedSecret = (siblings: Readonly<Record<string, unknown>>): boolean => {
  const name = siblings.ParameterKey ?? siblings.Name ?? siblings.name
  return (
    siblings.Type === 'SecureString' ||
    (typeof name === 'string' && siblings.Type === undefined && /password|secret|token|private/i.test(name))
  )
}

const mask = (name: string, value: unknown): unknown => {
  if (secretName.test(lastWord(name))) return masked
  if (typeof value === 'string') return cut(name, value)
  if (Array.isArray(value)) return value.map((item) => mask(name, item))
  if (value === null || typeof value !== 'object') return value
  const siblings = value as Record<string, unknown>
  const hidesValue = namedSecret(siblings)
  return Object.fromEntries(
    Object.entries(siblings).map(([key, inner]) => [
      key,
      hidesValue && /^(ParameterValue|Value|value)$/.test(key) ? masked : mask(key, inner),
    ]),
  )
}

/** The flat names of a form, with the same rule for neighbours: `Parameters.member.1.ParameterKey`. */
const maskForm = (fields: URLSearchParams): Parameters => {
  const all = Object.fromEntries(fields)
  const hides = (key: string): boolean => {
    const stem = /^(.*\.)ParameterValue$/.exec(key)?.[1]
    return stem !== undefined && namedSecret({ ParameterKey: all[`${stem}ParameterKey`] })
  }
  return Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key !== 'Action' && key !== 'Version' && !key.startsWith('X-Amz-'))
      .map(([key, value]) => [key, hides(key) ? masked : mask(key, value)]),
  )
}

const parseJson = (body: Buffer): Parameters => {
  try {
    const parsed: unknown = body.length === 0 ? {} : JSON.parse(body.toString())
    return typeof parsed === 'object' && parsed !== null ? (mask('', parsed) as Parameters) : {}
  } catch {
    return { unreadable: `${body.length} bytes` }
  }
}

const parseS3 = (incoming: Incoming): Parameters => {
  const { query, body } = incoming
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(pathStyle(incoming)) ?? []
  return {
    ...(bucket === '' ? {} : { bucket }),
    ...(key === '' ? {} : { key: cut('', key) }),
    ...maskForm(new URLSearchParams(query)),
    ...(body.length === 0 ? {} : { bytes: body.length }),
  }
}

/** Scripts for machines hold whatever people write into them; CloudTrail says so with these words. */
const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS'
const hidesParameters = /^(SendCommand|(Create|Update)Association|StartAutomationExecution)$/

const hideScripts = (parameters: Parameters, { service, operation }: Call): Parameters =>
  service === 'ssm' && hidesParameters.test(operation) && 'Parameters' in parameters
    ? { ...parameters, Parameters: hidden }
    : parameters

/** What was asked, fit to be kept: without secrets, without floods. Never looks at signatures. */
export const planParameters = (incoming: Incoming, call: Call): Parameters => {
  if (call.protocol === 's3') return parseS3(incoming)
  if (call.protocol === 'json' || call.protocol === 'rest-json')
    return hideScripts(parseJson(incoming.body), call)
  return maskForm(new URLSearchParams(incoming.body.length === 0 ? incoming.query : incoming.body.toString()))
}
