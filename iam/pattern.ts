import type { Context } from './context.ts'

/** Says whether a text matches, given the request's context for policy variables. */
export type Matcher = (text: string, context: Context) => boolean

type Part = { readonly source: string } | { readonly variable: string; readonly fallback: string | undefined }

/** `${aws:userid}`, `${aws:PrincipalTag/team, 'none'}` and the three escapes `${*}` `${?}` `${$}`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
const token = /\$\{([*?$])\}|\$\{([^},]+)(?:,\s*'([^']*)')?\}|[*?]/g

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

interface Wildcards {
  readonly any: string
  readonly one: string
}

const freely: Wildcards = { any: '[^]*', one: '[^]' }
/** One of the first five parts of an ARN: wildcards end at the colon. */
const withinPart: Wildcards = { any: '[^:]*', one: '[^:]' }
const literally: Wildcards = { any: '\\*', one: '\\?' }

const parse = (text: string, { any, one }: Wildcards): Part[] => {
  const parts: Part[] = []
  let end = 0
  for (const match of text.matchAll(token)) {
    const [whole, escaped, variable, fallback] = match
    parts.push({ source: literal(text.slice(end, match.index)) })
    if (escaped !== undefined) parts.push({ source: literal(escaped) })
    else if (variable !== undefined) parts.push({ variable: variable.trim().toLowerCase(), fallback })
    else parts.push({ source: whole === '*' ? any : one })
    end = match.index + whole.length
  }
  parts.push({ source: literal(text.slice(end)) })
  return parts
}

/** What a variable stands for is taken literally: a `*` in a tag is no wildcard. Nothing: it has no value. */
const resolve = (part: Part, context: Context): string | undefined => {
  if ('source' in part) return part.source
  const values = context.get(part.variable)
  const value = values?.length === 1 ? values[0] : values === undefined ? part.fallback : undefined
  return value === undefined ? undefined : literal(value)
}

const compileParts = (parts: readonly Part[], flags: string): Matcher => {
  const build = (sources: readonly string[]) => new RegExp(`^${sources.join('')}$`, flags)
  if (parts.every((part) => 'source' in part)) {
    const pattern = build(parts.map((part) => ('source' in part ? part.source : '')))
    return (text) => pattern.test(text)
  }
  return (text, context) => {
    const sources = parts.map((part) => resolve(part, context))
    // A variable without a value matches nothing; negated operators then hold.
    return sources.every((source) => source !== undefined) && build(sources as string[]).test(text)
  }
}

/** Text with `*`, `?` and variables, e.g. of StringLike. */
export const compilePattern = (text: string, flags = ''): Matcher =>
  text === '*' ? () => true : compileParts(parse(text, freely), flags)

/** Text with variables only, e.g. of StringEquals. */
export const compileText = (text: string, flags = ''): Matcher => {
  if (flags === '' && !text.includes('${')) return (other) => other === text
  return compileParts(parse(text, literally), flags)
}

/** Six parts; colons inside a variable separate nothing. */
const splitArn = (text: string): string[] => {
  const parts: string[] = ['']
  let depth = 0
  for (const [index, character] of [...text].entries()) {
    if (character === '{' && text[index - 1] === '$') depth = 1
    if (character === '}') depth = 0
    if (character === ':' && depth === 0 && parts.length < 6) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts
}

/**
 * An ARN whose six parts are compared one by one, as Resource and the Arn operators do. A pattern that stops
 * early with a `*` covers the parts it leaves out.
 */
export const compileArn = (text: string): Matcher => {
  if (text === '*') return () => true
  const parts = splitArn(text)
  if (parts.length < 6 && text.endsWith('*')) while (parts.length < 6) parts.push('*')
  const compiled = parts.flatMap((part, index) => [
    ...(index === 0 ? [] : [{ source: ':' }]),
    ...parse(part, index < 5 ? withinPart : freely),
  ])
  return compileParts(compiled, '')
}
