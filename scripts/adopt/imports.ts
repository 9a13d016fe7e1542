/** A resource that exists in AWS, and the address it has in our stack. */
export interface Import {
  readonly to: string
  readonly id: string
}

/** One resource of the Terraform JSON, with references to names of the same stack resolved. */
export interface DeclaredResource {
  readonly address: string
  readonly type: string
  readonly block: Readonly<Record<string, unknown>>
}

type Blocks = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>

const reference = /^\$\{([a-z0-9_]+)\.([A-Za-z0-9_-]+)\.name\}$/

/** `role: "${aws_iam_role.x.name}"` becomes the name itself; other references stay as they are. */
const resolve = (value: unknown, blocks: Blocks): unknown => {
  const match = typeof value === 'string' ? reference.exec(value) : null
  if (match === null) return value
  const [, type = '', id = ''] = match
  return blocks[type]?.[id]?.name ?? value
}

export const listDeclared = (terraformJson: string): DeclaredResource[] => {
  const { resource: blocks = {} } = JSON.parse(terraformJson) as { resource?: Blocks }
  return Object.entries(blocks).flatMap(([type, resources]) =>
    Object.entries(resources).map(([id, block]) => ({
      address: `${type}.${id}`,
      type,
      block: Object.fromEntries(Object.entries(block).map(([key, value]) => [key, resolve(value, blocks)])),
    })),
  )
}

/** Addresses that a state file already knows. */
export const listStateAddresses = (state: string): Set<string> => {
  const { resources = [] } = JSON.parse(state) as {
    resources?: { mode: string; type: string; name: string }[]
  }
  return new Set(
    resources.filter(({ mode }) => mode === 'managed').map(({ type, name }) => `${type}.${name}`),
  )
}

/** Terraform reads this beside cdk.tf.json; an import of something it already knows is skipped by it.
 * https://developer.hashicorp.com/terraform/language/import */
export const renderImports = (imports: readonly Import[]): string =>
  `${JSON.stringify({ import: imports.map(({ to, id }) => ({ to, id })) }, null, 2)}\n`

/**
 * The same stack, but the named resources are taken as they are found. For removing what a dead run left: how
 * it was meant to look is unknown then, and Terraform would replace it to make it fit.
 */
export const renderAsFound = (terraformJson: string, addresses: ReadonlySet<string>): string => {
  const stack = JSON.parse(terraformJson) as { resource?: Record<string, Record<string, object>> }
  for (const [type, resources] of Object.entries(stack.resource ?? {}))
    for (const [id, block] of Object.entries(resources))
      if (addresses.has(`${type}.${id}`)) resources[id] = { ...block, lifecycle: { ignore_changes: 'all' } }
  return JSON.stringify(stack)
}
