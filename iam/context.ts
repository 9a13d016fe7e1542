/** Condition keys of a request. Keys are compared without regard to case; a list has several values. */
export type ContextValues = Readonly<Record<string, string | readonly string[] | undefined>>

/** The same, ready to be looked up: lower-case keys, always lists. */
export type Context = ReadonlyMap<string, readonly string[]>

export const createContext = (values: ContextValues): Context => {
  const context = new Map<string, readonly string[]>()
  for (const key in values) {
    const value = values[key]
    if (value !== undefined) context.set(key.toLowerCase(), typeof value === 'string' ? [value] : value)
  }
  return context
}
