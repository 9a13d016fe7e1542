import * as z from 'zod'

/** The lines of `terraform apply -json` that we use.
 * https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
const resource = z.object({ addr: z.string(), resource_type: z.string() })
const hook = z.object({
  resource,
  action: z.string(),
  id_value: z.string().optional(),
  elapsed_seconds: z.number().optional(),
})
const diagnostic = z.object({
  severity: z.enum(['error', 'warning']),
  summary: z.string(),
  detail: z.string().default(''),
  address: z.string().optional(),
})

const line = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('planned_change'),
    change: z.object({ resource, action: z.string(), reason: z.string().optional() }),
  }),
  z.object({ type: z.literal('resource_drift'), change: z.object({ resource, action: z.string() }) }),
  z.object({
    type: z.literal('change_summary'),
    changes: z.object({ add: z.number(), change: z.number(), remove: z.number(), operation: z.string() }),
  }),
  z.object({ type: z.literal('apply_start'), hook }),
  z.object({ type: z.literal('apply_progress'), hook }),
  z.object({ type: z.literal('apply_complete'), hook }),
  z.object({ type: z.literal('apply_errored'), hook }),
  z.object({ type: z.literal('diagnostic'), diagnostic }),
  z.object({
    type: z.literal('outputs'),
    outputs: z.record(z.string(), z.object({ value: z.unknown().optional(), action: z.string().optional() })),
  }),
])

export type TerraformEvent = z.infer<typeof line>
export type Diagnostic = z.infer<typeof diagnostic>
export type PlannedAction = {
  readonly address: string
  readonly action: string
  readonly reason: string | undefined
}

/** One line of output; undefined for kinds we do not use. A line that is no JSON comes back as a diagnostic,
 * because it is usually a crash and must not get lost. */
export const parseTerraformLine = (text: string): TerraformEvent | undefined => {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  let data: unknown
  try {
    data = JSON.parse(trimmed)
  } catch {
    return { type: 'diagnostic', diagnostic: { severity: 'warning', summary: trimmed, detail: '' } }
  }
  return line.safeParse(data).data
}

/** Collects what a run did, event by event. */
export class RunReport {
  readonly planned: PlannedAction[] = []
  readonly created: string[] = []
  readonly failed: string[] = []
  readonly diagnostics: Diagnostic[] = []
  outputs: Record<string, unknown> = {}
  private outputsChange = false
  changes: { add: number; change: number; remove: number } = { add: 0, change: 0, remove: 0 }

  add(event: TerraformEvent): void {
    if (event.type === 'planned_change')
      this.planned.push({
        address: event.change.resource.addr,
        action: event.change.action,
        reason: event.change.reason,
      })
    if (event.type === 'apply_complete' && event.hook.action === 'create')
      this.created.push(event.hook.resource.addr)
    if (event.type === 'apply_errored') this.failed.push(event.hook.resource.addr)
    if (event.type === 'diagnostic') this.diagnostics.push(event.diagnostic)
    if (event.type === 'outputs') this.addOutputs(event.outputs)
    if (event.type === 'change_summary') this.changes = event.changes
  }

  /** True for a plan that would change neither resources nor outputs. */
  get changesNothing(): boolean {
    return this.planned.length === 0 && !this.outputsChange
  }

  private addOutputs(
    outputs: Readonly<Record<string, { value?: unknown; action?: string | undefined }>>,
  ): void {
    this.outputs = Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]))
    this.outputsChange = Object.values(outputs).some(({ action = 'noop' }) => action !== 'noop')
  }

  get errors(): Diagnostic[] {
    return this.diagnostics.filter(({ severity }) => severity === 'error')
  }
}
