import { type Column, findColumn } from './columns.ts'
import { type Condition, type Reader, readCondition } from './conditions.ts'
import { readTokens, refuseQuery, type Token } from './tokens.ts'

/**
 * The part of Trino's SQL that is run here: `SELECT columns FROM store [WHERE condition] [ORDER BY eventtime [ASC|DESC]]
 * [LIMIT n]`, where a condition is made of AND, OR, NOT, comparisons with a literal, [NOT] IN, [NOT] LIKE [ESCAPE] and IS
 * [NOT] NULL. Whatever else it says is refused: an answer that AWS would not give is worse than none.
 */
export interface Query {
  readonly columns: readonly Column[]
  /** Id of an event data store. */
  readonly store: string
  readonly where: Condition
  readonly newestFirst: boolean | undefined
  readonly limit: number
}

const openReader = (tokens: readonly Token[]): Reader & { readonly isAtEnd: () => boolean } => {
  let at = 0
  const here = (): Token => tokens[at] ?? { kind: 'end', text: '' }
  const take = (text: string): boolean => {
    const { kind, text: found } = here()
    if (kind === 'text' || kind === 'end' || found.toLowerCase() !== text) return false
    at += 1
    return true
  }
  const found = () => (here().kind === 'end' ? 'its end' : `"${here().text}"`)
  return {
    take,
    expect(text) {
      if (!take(text)) throw refuseQuery(`${text.toUpperCase()} is expected before ${found()}`)
    },
    next(kind, what) {
      if (here().kind !== kind) throw refuseQuery(`${what} is expected before ${found()}`)
      at += 1
      return tokens[at - 1]?.text ?? ''
    },
    isAtEnd: () => here().kind === 'end',
  }
}

const readOrder = (reader: Reader): boolean | undefined => {
  if (!reader.take('order')) return undefined
  reader.expect('by')
  const column = reader.next('word', 'a column')
  if (column.toLowerCase() !== 'eventtime') throw refuseQuery('ORDER BY knows eventtime alone here')
  if (reader.take('desc')) return true
  reader.take('asc')
  return false
}

export const parseQuery = (sql: string): Query => {
  const reader = openReader(readTokens(sql))
  reader.expect('select')
  const columns: Column[] = []
  do columns.push(findColumn(reader.next('word', 'a column')))
  while (reader.take(','))
  reader.expect('from')
  // An id of digits alone is a number for the tokens, and no id of a store.
  const store = reader.next('word', 'an event data store')
  const where: Condition = reader.take('where') ? readCondition(reader) : () => true
  const newestFirst = readOrder(reader)
  const limit = reader.take('limit') ? Number(reader.next('number', 'a number')) : Number.POSITIVE_INFINITY
  if (!reader.isAtEnd()) throw refuseQuery('it goes on after its end')
  return { columns, store, where, newestFirst, limit }
}
