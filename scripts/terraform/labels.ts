/** Short names of resources for people: `aws_iam_role.roles_readonly_75A20C1E` becomes `iam role roles/readonly`. */
export type Labels = ReadonlyMap<string, string>

interface Block {
  readonly '//'?: { readonly metadata?: { readonly path?: string } }
}

/** Reads the construct paths that cdktf leaves in the JSON. */
export const planLabels = (terraformJson: string): Labels => {
  const { resource = {} } = JSON.parse(terraformJson) as { resource?: Record<string, Record<string, Block>> }
  const labels = new Map<string, string>()
  for (const [type, blocks] of Object.entries(resource))
    for (const [id, block] of Object.entries(blocks)) {
      const path = block['//']?.metadata?.path?.split('/').slice(1).join('/') ?? id
      labels.set(`${type}.${id}`, `${type.replace(/^aws_/, '').replaceAll('_', ' ')} ${path}`)
    }
  return labels
}

export const labelOf = (labels: Labels, address: string): string => labels.get(address) ?? address
