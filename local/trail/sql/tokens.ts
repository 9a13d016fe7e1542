import { Refusal } from '../../gateway/json-api.ts'

export interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'sign' | 'end'
  /** Words as they are typed; texts without their quotes. */
  readonly text: string
}

export const refuseQuery = (why: string): Refusal =>
  new Refusal('InvalidQueryStatementException', `The query is not one that can be run here: ${why}`)

/** Identifiers with dots, texts, whole numbers, signs. Ids of event data stores begin with a digit as often as not. */
const pattern =
  /\s+|(?<word>[A-Za-z0-9_]+(?:[-.][A-Za-z0-9_]+)*)|'(?<text>(?:[^']|'')*)'|(?<sign><=|>=|<>|!=|[=<>(),])/gy

export const readTokens = (sql: string): readonly Token[] => {
  const tokens: Token[] = []
  pattern.lastIndex = 0
  while (pattern.lastIndex < sql.length) {
    const at = pattern.lastIndex
    const groups = pattern.exec(sql)?.groups
    if (groups === undefined) throw refuseQuery(`"${sql.slice(at, at + 20)}" is not understood`)
    const { word, text, sign } = groups
    if (word !== undefined) tokens.push({ kind: /^\d+$/.test(word) ? 'number' : 'word', text: word })
    else if (text !== undefined) tokens.push({ kind: 'text', text: text.replaceAll("''", "'") })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign })
  }
  return [...tokens, { kind: 'end', text: '' }]
}
