import * as z from 'zod'

/** One resource of a plan, as `terraform show -json` has it.
 * https://developer.hashicorp.com/terraform/internals/json-format#change-representation */
const changeSchema = z.object({
  address: z.string(),
  type: z.string(),
  change: z.object({
    actions: z.array(z.string()),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
    after_unknown: z.unknown(),
    importing: z.object({ id: z.string() }).optional(),
  }),
})

const planSchema = z.object({ resource_changes: z.array(changeSchema).default([]) })

export interface PlannedChange {
  readonly address: string
  readonly type: string
  /** no-op, create, update, delete; delete and create together replace. */
  readonly actions: readonly string[]
  readonly imported: boolean
  /** Paths of the attributes that an update changes: `tags.Name`, `metadata_options.0.http_tokens`. */
  readonly attributes: readonly string[]
  /** Those of them that had no value so far. */
  readonly filled: readonly string[]
}

const flatten = (value: unknown, path: readonly string[]): [string, unknown][] =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, inner]) => flatten(inner, [...path, key]))
    : [[path.join('.'), value]]

/** To Terraform empty text, an empty list, an empty map and nothing are different, to people they are not. */
const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0)

const listAttributes = (before: unknown, after: unknown, unknown: unknown): string[] => {
  const [was, is] = [new Map(flatten(before, [])), new Map(flatten(after, []))]
  const later = flatten(unknown, []).flatMap(([path, known]) => (known === true ? [path] : []))
  const differing = [...new Set([...was.keys(), ...is.keys()])].filter((path) => {
    const [one, other] = [was.get(path), is.get(path)]
    return !(isNothing(one) && isNothing(other)) && JSON.stringify(one) !== JSON.stringify(other)
  })
  return [...new Set([...differing, ...later])].filter((path) => path !== '')
}

export const parsePlan = (json: string): PlannedChange[] =>
  planSchema.parse(JSON.parse(json)).resource_changes.map(({ address, type, change }) => {
    const attributes = change.actions.includes('update')
      ? listAttributes(change.before ?? {}, change.after ?? {}, change.after_unknown)
      : []
    const was = new Map(flatten(change.before ?? {}, []))
    return {
      ...{ address, type, actions: change.actions, imported: change.importing !== undefined, attributes },
      filled: attributes.filter((path) => isNothing(was.get(path))),
    }
  })

export interface ShowCall {
  readonly terraform: string
  readonly environment: Readonly<Record<string, string>>
  readonly cwd: string
  readonly file: string
}

export const showPlan = async ({ terraform, environment, cwd, file }: ShowCall): Promise<PlannedChange[]> => {
  const { $ } = await import('zx/core')
  const { stdout } = await $({ cwd, env: { ...environment }, quiet: true })`${terraform} show -json ${file}`
  return parsePlan(stdout)
}
