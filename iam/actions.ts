/**
 * A list of action patterns as a question. ReadOnlyAccess has three thousand of them, so they are sorted by
 * service first: a call looks at the patterns of its own service only, and each answer is kept.
 */
export type ActionTest = (action: string) => boolean

const pattern = (text: string): RegExp =>
  new RegExp(
    `^${text
      .replace(/[\\^$.+()[\]{}|-]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )

interface Service {
  readonly names: Set<string>
  readonly patterns: RegExp[]
}

/** Answers kept per list; requests for actions AWS does not have must not fill the memory. */
const remembered = 2000

export const compileActions = (texts: readonly string[]): ActionTest => {
  const services = new Map<string, Service>()
  const anywhere: RegExp[] = []
  for (const text of texts.map((one) => one.toLowerCase())) {
    const [prefix = '', name] = text.split(':', 2)
    if (name === undefined || /[*?]/.test(prefix)) {
      anywhere.push(pattern(text))
      continue
    }
    const service = services.get(prefix) ?? { names: new Set(), patterns: [] }
    services.set(prefix, service)
    if (/[*?]/.test(name)) service.patterns.push(pattern(text))
    else service.names.add(text)
  }
  const decide = (action: string): boolean => {
    const service = services.get(action.slice(0, action.indexOf(':')))
    return (
      anywhere.some((one) => one.test(action)) ||
      (service !== undefined &&
        (service.names.has(action) || service.patterns.some((one) => one.test(action))))
    )
  }
  const known = new Map<string, boolean>()
  return (action) => {
    const before = known.get(action)
    if (before !== undefined) return before
    const answer = decide(action)
    if (known.size < remembered) known.set(action, answer)
    return answer
  }
}
