import type { Story } from '../../config/story.ts'
import type { TerraformEvent } from './events.ts'
import { type Labels, labelOf } from './labels.ts'

const past: Readonly<Record<string, string>> = {
  create: '+',
  update: '~',
  delete: '-',
  replace: '±',
}

/** Terraform reports every 10 s; twice is a sign of life enough for a machine that takes 20 s. */
const reportEvery = 30

/** One calm line per finished resource; a long one says now and then that it is still at work. */
export const renderEvent = (event: TerraformEvent, labels: Labels): string | undefined => {
  if (event.type === 'apply_complete') {
    const { resource, action, elapsed_seconds = 0, id_value } = event.hook
    if (action === 'read') return undefined
    const id = id_value === undefined || action === 'delete' || id_value.length > 40 ? '' : `  ${id_value}`
    return `  ${past[action] ?? action} ${labelOf(labels, resource.addr)}${id}  (${elapsed_seconds}s)`
  }
  if (event.type === 'apply_progress') {
    const { resource, action, elapsed_seconds = 0 } = event.hook
    return elapsed_seconds > 0 && elapsed_seconds % reportEvery === 0
      ? `    ${action === 'delete' ? 'removing' : 'making'} ${labelOf(labels, resource.addr)}, ${elapsed_seconds}s so far`
      : undefined
  }
  if (event.type === 'apply_errored') return `  x ${labelOf(labels, event.hook.resource.addr)}`
  if (event.type === 'change_summary' && event.changes.operation === 'plan') {
    const { add, change, remove } = event.changes
    const parts = [
      add > 0 ? `${add} to make` : '',
      change > 0 ? `${change} to change` : '',
      remove > 0 ? `${remove} to remove` : '',
    ]
    const text = parts.filter(Boolean).join(', ')
    return text === '' ? undefined : `  ${text}`
  }
  return undefined
}

export const tellEvents =
  (story: Story, labels: Labels) =>
  (event: TerraformEvent): void => {
    const line = renderEvent(event, labels)
    if (line !== undefined) story.say(line)
  }
