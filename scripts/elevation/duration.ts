import { usageError } from '../../config/user-error.ts'
import { printable } from '../../config/user-name.ts'

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

/** `30m`, `1h`, `90s` to seconds. @param maxMinutes of the settings */
export const parseWindow = (text: string | undefined, maxMinutes: number): number => {
  const example = 'npm run sandbox:elevate -- --user alice --for 30m --reason "JIRA-123"'
  if (text === undefined) throw usageError('--for is missing: how long shall the window be open', example)
  const [, count = '', unit = ''] = /^(\d{1,5})([smh])$/.exec(text) ?? []
  const seconds = Number(count) * (secondsOf[unit] ?? 0)
  if (seconds === 0) throw usageError(`--for "${printable(text)}" is no time such as 90s, 30m or 1h`, example)
  if (seconds > maxMinutes * 60)
    throw usageError(
      `--for ${text} is longer than the ${maxMinutes} minutes that the settings allow`,
      'elevation.maxMinutes in sandbox.config.json; a window can be extended by opening it again',
    )
  return seconds
}

/** `28 min 5 s` */
export const renderSeconds = (seconds: number): string => {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60]
  return [minutes > 0 ? `${minutes} min` : '', rest > 0 || minutes === 0 ? `${rest} s` : '']
    .filter((part) => part !== '')
    .join(' ')
}

/** What IAM takes as the value of a tag. https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html */
const tagValue = /^[\p{L}\p{Zs}\p{N}_.:/=+\-@]{1,256}$/u

export const parseReason = (text: string | undefined): string => {
  const reason = text?.trim() ?? ''
  if (reason === '')
    throw usageError('--reason is missing: it goes into the audit trail', 'for instance --reason "JIRA-123"')
  if (!tagValue.test(reason))
    throw usageError(
      `--reason "${printable(reason)}" does not fit into a tag of IAM`,
      'up to 256 letters, digits, spaces and _ . : / = + - @',
    )
  return reason
}

/** `s3:*,lambda:Update*` to patterns of actions; undefined: everything below the ceiling. */
export const parseAllow = (text: string | undefined): readonly string[] | undefined => {
  if (text === undefined) return undefined
  const patterns = text.split(',').map((one) => one.trim())
  const wrong = patterns.find((one) => !/^[a-z][a-z0-9-]*:[A-Za-z*?]+$/.test(one))
  if (wrong !== undefined)
    throw usageError(`--allow "${printable(wrong)}" is no action such as s3:* or lambda:Update*`)
  const forbidden = patterns.find((one) => /^(iam|organizations|account):/.test(one))
  if (forbidden !== undefined)
    throw usageError(`--allow ${forbidden}: no window opens IAM, Organizations or Account`, 'leave it out')
  return patterns
}
