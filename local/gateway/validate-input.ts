import type { z } from 'zod'
import type { AwsError } from './errors.ts'

type Issue = z.core.$ZodIssue

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: AwsError }

const bad = (code: string, message: string): Parsed<never> => ({
  ok: false,
  error: { status: 400, code, message },
})

/** `Filters[0].Key` is called `filters.1.member.key` by AWS. */
const renderPath = (path: readonly PropertyKey[]): string =>
  path
    .map((part) =>
      typeof part === 'number'
        ? `${part + 1}.member`
        : `${String(part).charAt(0).toLowerCase()}${String(part).slice(1)}`,
    )
    .join('.')

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    input,
  )

const renderValue = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

/** In the words of AWS; undefined when the value is of another type altogether. */
const renderConstraint = (issue: Issue, missing: boolean): string | undefined => {
  if (missing) return 'Member must not be null'
  const measure = (origin: string) => (origin === 'number' || origin === 'int' ? 'value' : 'length')
  if (issue.code === 'too_small')
    return `Member must have ${measure(issue.origin)} greater than or equal to ${issue.minimum}`
  if (issue.code === 'too_big')
    return `Member must have ${measure(issue.origin)} less than or equal to ${issue.maximum}`
  if (issue.code === 'invalid_format' && 'pattern' in issue)
    return `Member must satisfy regular expression pattern: ${String(issue.pattern).replace(/^\/|\/\w*$/g, '')}`
  if (issue.code === 'invalid_value')
    return `Member must satisfy enum value set: [${issue.values.map(String).join(', ')}]`
  return undefined
}

const explain = (input: unknown, issue: Issue): Parsed<never> => {
  const value = valueAt(input, issue.path)
  const constraint = renderConstraint(issue, value === undefined || value === null)
  const at = renderPath(issue.path)
  if (constraint === undefined) return bad('SerializationException', `${at}: ${issue.message}`)
  const shown = value === undefined || value === null ? 'null' : `'${renderValue(value)}'`
  const told = `Value ${shown} at '${at}' failed to satisfy constraint: ${constraint}`
  return bad('ValidationException', `1 validation error detected: ${told}`)
}

/** A body of AWS JSON 1.1 against what the operation takes. Members that AWS does not know are ignored, as there. */
export const parseInput = <Schema extends z.ZodType>(
  schema: Schema,
  body: Buffer,
): Parsed<z.output<Schema>> => {
  let input: unknown
  try {
    input = body.length === 0 ? {} : JSON.parse(body.toString())
  } catch {
    return bad('SerializationException', 'The body is no JSON.')
  }
  const parsed = schema.safeParse(input)
  if (parsed.success) return { ok: true, value: parsed.data }
  return explain(input, parsed.error.issues[0] as Issue)
}
