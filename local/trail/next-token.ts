import { createHash } from 'node:crypto'
import { Refusal } from '../gateway/json-api.ts'
import type { LookupInput } from './lookup-input.ts'

/** Where a page ended: the record that was looked at last. */
export interface Place {
  readonly inode: number
  /** Byte in the file at which that record begins. */
  readonly start: number
  readonly requestId: string
}

/** A token goes with the question it came from. */
const digest = (
  { LookupAttributes, StartTime, EndTime, EventCategory }: LookupInput,
  region: string,
): string =>
  createHash('sha256')
    .update(JSON.stringify([LookupAttributes, StartTime, EndTime, EventCategory, region]))
    .digest('base64url')
    .slice(0, 16)

export const renderToken = (input: LookupInput, region: string, { inode, start, requestId }: Place): string =>
  Buffer.from(JSON.stringify([digest(input, region), inode, start, requestId])).toString('base64url')

export const refuseToken = (): Refusal =>
  new Refusal(
    'InvalidNextTokenException',
    'The token is not valid, or was given for another question, or what it points at is no longer kept.',
  )

export const parseToken = (input: LookupInput, region: string): Place | undefined => {
  if (input.NextToken === undefined) return undefined
  try {
    const [question, inode, start, requestId] = JSON.parse(
      Buffer.from(input.NextToken, 'base64url').toString(),
    ) as [string, number, number, string]
    if (question === digest(input, region) && Number.isInteger(start)) return { inode, start, requestId }
  } catch {
    // As wrong as a wrong one.
  }
  throw refuseToken()
}
