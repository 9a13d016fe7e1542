import { Refusal } from '../gateway/json-api.ts'

/** Where the next page begins. Opaque to callers; wrong ones are refused as AWS refuses them. */
const renderToken = (next: number): string => Buffer.from(`p${next}`).toString('base64url')

const parseToken = (token: string): number => {
  const found = /^p(\d+)$/.exec(Buffer.from(token, 'base64url').toString())
  if (found === null) throw new Refusal('InvalidNextToken', 'The specified token is not valid.')
  return Number(found[1])
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly next: { readonly NextToken?: string }
}

export const planPage = <T>(all: readonly T[], size: number, token: string | undefined): Page<T> => {
  const start = token === undefined ? 0 : parseToken(token)
  const end = start + size
  return { items: all.slice(start, end), next: end < all.length ? { NextToken: renderToken(end) } : {} }
}
