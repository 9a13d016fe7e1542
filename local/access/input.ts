import type { Call } from '../gateway/classify.ts'
import type { Incoming } from '../gateway/incoming.ts'

/** A request as policies look at it: which names it mentions, and which tags it brings. */
export interface Input {
  /** `InstanceId` -> every instance that is named, wherever it stands in the request. */
  values(name: string): readonly string[]
  first(name: string): string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly tagKeys: readonly string[]
  /** Kinds of EC2 resources that are to be tagged while they are made. */
  readonly taggedKinds: readonly string[]
}

type Fields = ReadonlyMap<string, string[]>

const add = (fields: Map<string, string[]>, name: string, value: string) => {
  const list = fields.get(name)
  if (list === undefined) fields.set(name, [value])
  else list.push(value)
}

/** `NetworkInterface.1.SecurityGroupId.2` is called SecurityGroupId. */
const lastName = (key: string): string =>
  key
    .split('.')
    .filter((part) => !/^(\d+|member)$/.test(part))
    .at(-1) ?? key

const isTag = (key: string): boolean => /(?:^|\.)Tags?\.(?:member\.)?\d+\.(?:Key|Value)$/.test(key)

const parseForm = (text: string): { fields: Fields; tags: Record<string, string> } => {
  const fields = new Map<string, string[]>()
  const keys = new Map<string, string>()
  const tags: Record<string, string> = {}
  const all = [...new URLSearchParams(text)]
  for (const [key, value] of all) {
    if (isTag(key) && key.endsWith('.Key')) keys.set(key.slice(0, -'.Key'.length), value)
    else if (!isTag(key)) add(fields, lastName(key), value)
  }
  const values = new Map(all)
  for (const [stem, key] of keys) tags[key] = values.get(`${stem}.Value`) ?? ''
  return { fields, tags }
}

const parseTags = (tags: unknown): Record<string, string> => {
  if (!Array.isArray(tags))
    return typeof tags === 'object' && tags !== null ? (tags as Record<string, string>) : {}
  return Object.fromEntries(
    tags.flatMap((tag: Record<string, unknown>) => {
      const key = tag?.Key ?? tag?.TagKey ?? tag?.key
      return typeof key === 'string' ? [[key, String(tag.Value ?? tag.TagValue ?? tag.value ?? '')]] : []
    }),
  )
}

const parseJson = (body: Buffer): { fields: Fields; tags: Record<string, string> } => {
  const fields = new Map<string, string[]>()
  let input: unknown
  try {
    input = body.length === 0 ? {} : JSON.parse(body.toString())
  } catch {
    return { fields, tags: {} } // The operation itself will say so.
  }
  if (typeof input !== 'object' || input === null) return { fields, tags: {} }
  for (const [name, value] of Object.entries(input))
    for (const one of Array.isArray(value) ? value : [value])
      if (typeof one === 'string') add(fields, name, one)
  const { Tags, tags } = input as Record<string, unknown>
  return { fields, tags: parseTags(Tags ?? tags) }
}

export const parseInput = (incoming: Incoming, call: Call): Input => {
  const json = call.protocol === 'json' || call.protocol === 'rest-json'
  const text =
    incoming.body.length === 0 || call.protocol === 's3' ? incoming.query : incoming.body.toString()
  const { fields, tags } = json ? parseJson(incoming.body) : parseForm(text)
  const values = (name: string) => fields.get(name) ?? []
  return {
    values,
    first: (name) => fields.get(name)?.[0],
    tags,
    tagKeys: [...Object.keys(tags), ...values('TagKeys'), ...values('tagKeys')],
    taggedKinds: Object.keys(tags).length === 0 ? [] : values('ResourceType'),
  }
}
