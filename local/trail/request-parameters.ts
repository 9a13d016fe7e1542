type Tree = { [name: string]: unknown }

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

/** Whatever a caller named `__proto__` stays a name. */
const tree = (): Tree => Object.create(null) as Tree

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null

/** Forms number their lists from 1: `{1: a, 2: b}` -> [a, b]. */
const unfold = (value: unknown): unknown => {
  if (!isTree(value)) return value
  const keys = Object.keys(value)
  const numbered = keys.length > 0 && keys.every((key) => /^[1-9]\d*$/.test(key))
  return numbered ? keys.map((key) => unfold(value[key])) : mapTree(value, unfold)
}

const mapTree = (value: Tree, change: (inner: unknown) => unknown): Tree => {
  const changed = tree()
  for (const key of Object.keys(value)) changed[lowerFirst(key)] = change(value[key])
  return changed
}

/** `Filter.1.Name=a` -> {filter: [{name: a}]} */
const nest = (parameters: Readonly<Record<string, unknown>>): Tree => {
  const root = tree()
  for (const [name, value] of Object.entries(parameters)) {
    const parts = name.split('.').filter((part) => part !== 'member')
    let place = root
    for (const part of parts.slice(0, -1)) {
      if (!isTree(place[part])) place[part] = tree()
      place = place[part] as Tree
    }
    place[parts.at(-1) ?? name] = value
  }
  return root
}

const lower = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(lower)
  return isTree(value) ? mapTree(value, lower) : value
}

/** As an event shows what was asked: camel case, forms as the trees they mean. */
export const planRequestParameters = (parameters: Readonly<Record<string, unknown>>): unknown => {
  const names = Object.keys(parameters)
  if (names.length === 0) return null
  const isForm = Object.values(parameters).every((value) => typeof value === 'string')
  return isForm ? unfold(nest(parameters)) : lower(parameters)
}
