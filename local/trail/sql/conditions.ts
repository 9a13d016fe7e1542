import { type Column, findColumn, type LakeEvent, parseTime, type Value } from './columns.ts'
import { refuseQuery, type Token } from './tokens.ts'

/** SQL knows three answers: what is compared with nothing is neither true nor false. */
export type Truth = boolean | null
export type Condition = (event: LakeEvent) => Truth

export interface Reader {
  /** The next token when it is this word or sign. */
  readonly take: (text: string) => boolean
  readonly expect: (text: string) => void
  readonly next: (kind: Token['kind'], what: string) => string
}

const and = (all: readonly Condition[]): Condition => {
  const [first] = all
  if (all.length === 1 && first !== undefined) return first
  return (event) => {
    let unknown = false
    for (const one of all) {
      const truth = one(event)
      if (truth === false) return false
      unknown ||= truth === null
    }
    return unknown ? null : true
  }
}

const not =
  (one: Condition): Condition =>
  (event) => {
    const truth = one(event)
    return truth === null ? null : !truth
  }

const or = (all: readonly Condition[]): Condition => not(and(all.map(not)))

const signs: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  '=': (a, b) => a === b,
  '<>': (a, b) => a !== b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => (a as string) < (b as string),
  '<=': (a, b) => (a as string) <= (b as string),
  '>': (a, b) => (a as string) > (b as string),
  '>=': (a, b) => (a as string) >= (b as string),
}

/** A value of the column's own kind; nothing is converted silently. */
const readLiteral = (reader: Reader, { kind, typed }: Column): Value => {
  if (kind !== 'boolean') {
    const text = reader.next('text', `a text for ${typed}`)
    return kind === 'time' ? parseTime(text) : text
  }
  if (reader.take('true')) return true
  reader.expect('false')
  return false
}

const escaped = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

const planLike = (like: string, sign: string | undefined): RegExp => {
  let source = ''
  const characters = [...like]
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? ''
    if (character === sign) {
      index += 1
      const meant = characters[index]
      if (meant !== '%' && meant !== '_' && meant !== sign) throw refuseQuery('LIKE escapes nothing special')
      source += escaped(meant)
    } else source += character === '%' ? '.*' : character === '_' ? '.' : escaped(character)
  }
  return new RegExp(`^${source}$`, 'su')
}

const readLike = (reader: Reader, column: Column): ((value: Value) => boolean) => {
  if (column.kind !== 'text') throw refuseQuery(`${column.typed} is no text`)
  const like = reader.next('text', 'a pattern')
  const sign = reader.take('escape') ? reader.next('text', 'one character') : undefined
  if (sign !== undefined && [...sign].length !== 1) throw refuseQuery('ESCAPE is one character')
  const pattern = planLike(like, sign)
  return (value) => pattern.test(value as string)
}

const readIn = (reader: Reader, column: Column): ((value: Value) => boolean) => {
  reader.expect('(')
  const values = new Set<Value>()
  do values.add(readLiteral(reader, column))
  while (reader.take(','))
  reader.expect(')')
  return (value) => values.has(value)
}

const onValue =
  ({ read }: Column, test: (value: Value) => boolean): Condition =>
  (event) => {
    const value = read(event)
    return value === null ? null : test(value)
  }

const readPredicate = (reader: Reader): Condition => {
  const column = findColumn(reader.next('word', 'a column'))
  if (reader.take('is')) {
    const wanted = !reader.take('not')
    reader.expect('null')
    return (event) => (column.read(event) === null) === wanted
  }
  const turn = reader.take('not') ? not : (one: Condition) => one
  if (reader.take('in')) return turn(onValue(column, readIn(reader, column)))
  if (reader.take('like')) return turn(onValue(column, readLike(reader, column)))
  const sign = reader.next('sign', 'a comparison')
  const compare = Object.hasOwn(signs, sign) ? signs[sign] : undefined
  if (compare === undefined) throw refuseQuery(`"${sign}" compares nothing`)
  const literal = readLiteral(reader, column)
  return turn(onValue(column, (value) => compare(value, literal)))
}

const readFactor = (reader: Reader): Condition => {
  if (reader.take('not')) return not(readFactor(reader))
  if (!reader.take('(')) return readPredicate(reader)
  const inner = readCondition(reader)
  reader.expect(')')
  return inner
}

const readTerm = (reader: Reader): Condition => {
  const all = [readFactor(reader)]
  while (reader.take('and')) all.push(readFactor(reader))
  return and(all)
}

export const readCondition = (reader: Reader): Condition => {
  const all = [readTerm(reader)]
  while (reader.take('or')) all.push(readTerm(reader))
  return all.length === 1 && all[0] !== undefined ? all[0] : or(all)
}
