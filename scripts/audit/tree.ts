/** What an event says about its request and answer, in the form of each service: nothing in it can be relied on. */
export type Tree = Readonly<Record<string, unknown>>

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Members are camel case in some services and as the API spells them in others; numbers stay numbers. */
const member = (tree: Tree, name: string): unknown => {
  if (Object.hasOwn(tree, name)) return tree[name]
  const upper = name.charAt(0).toUpperCase() + name.slice(1)
  return Object.hasOwn(tree, upper) ? tree[upper] : undefined
}

export const treeAt = (value: unknown, ...path: readonly string[]): Tree => {
  let place: unknown = value
  for (const name of path) place = isTree(place) ? member(place, name) : undefined
  return isTree(place) ? place : {}
}

/** A text there, or nothing: whatever else stands in its place says nothing. */
export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const last = path.at(-1) ?? ''
  const found = member(treeAt(value, ...path.slice(0, -1)), last)
  return typeof found === 'string' && found !== '' ? found : undefined
}

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const last = path.at(-1) ?? ''
  const found = member(treeAt(value, ...path.slice(0, -1)), last)
  return Array.isArray(found) ? found : []
}

/** Tags as `[{key, value}]`, in either case. */
export const tagsAt = (value: unknown, ...path: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    listAt(value, ...path).flatMap((tag) => {
      const [key, text] = [textAt(tag, 'key'), textAt(tag, 'value')]
      return key === undefined ? [] : [[key, text ?? ''] as const]
    }),
  )

/** Every text in it, however deep. */
export function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) yield* textsIn(inner)
}
