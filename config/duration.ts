import { usageError } from './user-error.ts'
import { printable } from './user-name.ts'

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3600_000, d: 24 * 3600_000 }

/** `7d`, `12h`, `30m` or `0` to milliseconds. @param flag as typed, for the refusal */
export const parseDuration = (text: string, flag: string): number => {
  const [, count, unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? []
  if (text === '0') return 0
  if (count === undefined)
    throw usageError(`${flag} "${printable(text)}" is not a duration`, `${flag} 7d, ${flag} 12h or ${flag} 0`)
  return Number(count) * (units[unit] ?? 0)
}

/** A whole number from 0 to 999. */
export const parseCount = (text: string | undefined, flag: string): number => {
  if (text === undefined) throw usageError(`${flag} is missing`, `${flag} 3`)
  if (!/^\d{1,3}$/.test(text))
    throw usageError(`${flag} "${printable(text)}" is not a number from 0 to 999`, `${flag} 3`)
  return Number(text)
}

/** "3 h", "2 d": the largest unit that says enough. */
export const renderDuration = (milliseconds: number): string => {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000))
  if (minutes < 90) return `${minutes} min`
  return minutes < 2 * 24 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`
}
