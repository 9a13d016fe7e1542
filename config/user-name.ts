import { usageError } from './user-error.ts'

/** The engineer a sandbox belongs to; part of role, stack, host and session names, so it obeys all of them. */
export type UserName = string & { readonly __brand: 'UserName' }

/**
 * Limits that meet in one name:
 * - Linux login: 32 characters (useradd(8), "CAVEATS").
 * - IAM RoleSessionName: at least 2 characters of [\w+=,.@-]
 *   (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
 * - IAM role name: 64 characters, `kiro-elevated-` takes 14
 *   (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
 * - DNS label for `sandbox-<user>`: letters, digits and inner hyphens, and no `--`, which IDNA reserves
 *   (RFC 1123, RFC 5891 4.2.3.1).
 */
const shape = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const shortest = 2
const longest = 32
const reserved = new Set(['root', 'network', 'shared', 'bootstrap', 'ec2-user', 'ssm-user', 'operator'])

const hint = `2 to ${longest} of a-z, 0-9 and single hyphens, starting with a letter, e.g. --user alice`

/** Escapes what a terminal would interpret. */
export const inert = (value: string): string =>
  value.replace(
    /[\p{Cc}\p{Cf}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )

/** The same, and cuts what would flood it. */
export const printable = (value: string): string => {
  const escaped = inert(value)
  return escaped.length > 60 ? `${escaped.slice(0, 57)}... (${[...value].length} characters)` : escaped
}

/** Throws a UserError (exit code 2) that names the value and the rule it breaks. */
export const parseUserName = (value: string): UserName => {
  const refuse = (reason: string) => usageError(`user name "${printable(value)}" ${reason}`, hint)
  if (value.length < shortest) throw refuse('is too short')
  if (value.length > longest) throw refuse(`is longer than ${longest} characters`)
  if (!shape.test(value)) throw refuse('has characters that IAM, Linux or DNS would not take')
  if (reserved.has(value)) throw refuse('is reserved')
  return value as UserName
}

export const isUserName = (value: string): value is UserName =>
  value.length >= shortest && value.length <= longest && shape.test(value) && !reserved.has(value)
