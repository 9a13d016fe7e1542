import * as z from 'zod'
import { type Settings, settingsSchema, settingsVersion } from './settings.ts'
import { usageError } from './user-error.ts'
import { printable } from './user-name.ts'
import { type Data, decideVersion, isData, type Migration, renderDiff } from './versions.ts'

/** Files from before there were versions are of version 0; what they say means the same. */
const migrations: readonly Migration[] = [
  {
    to: 1,
    migrate: ({ $schema, ...rest }) => ({
      ...($schema === undefined ? {} : { $schema }),
      version: 1,
      ...rest,
    }),
  },
]

const at = (path: readonly PropertyKey[]): string =>
  path.length === 0 ? 'the top level' : path.map(String).join('.')

const valueAt = (data: unknown, path: readonly PropertyKey[]): string => {
  const value = path.reduce<unknown>(
    (node, key) => (node as Record<PropertyKey, unknown> | undefined)?.[key],
    data,
  )
  return printable(JSON.stringify(value) ?? 'nothing')
}

const renderIssue = (issue: z.core.$ZodIssue, data: unknown): string => {
  if (issue.code === 'unrecognized_keys') {
    const inside = issue.path.length === 0 ? '' : `${at(issue.path)}.`
    return issue.keys.map((key) => `unknown setting ${inside}${printable(key)}`).join(', ')
  }
  const expected =
    issue.code === 'invalid_format' ? issue.message : issue.message.replace(/^Invalid (input|option): /, '')
  return `${at(issue.path)} is ${valueAt(data, issue.path)}, ${expected}`
}

const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw usageError(
      `${file} is not valid JSON: ${(cause as Error).message}`,
      'JSON has no comments and no comma after the last item',
    )
  }
}

const isVersion = (version: unknown): boolean =>
  version === undefined || (Number.isInteger(version) && (version as number) >= 0)

/** In the form of this release, however old it is. What is no version at all is left to the schema. */
const modernise = (data: unknown, file: string): unknown => {
  if (!isData(data) || !isVersion(data.version)) return data
  const found = decideVersion(data, settingsVersion, 0, migrations)
  if (found.kind === 'newer')
    throw usageError(
      `${file} is of settings version ${found.version}; this release knows them up to ${settingsVersion}`,
      'use the release that wrote it, or a newer one: git pull && npm ci',
    )
  return found.data
}

/** Text of a settings file to settings. Every problem is named with file, path, value and expectation. */
export const parseSettings = (text: string, file: string): Settings => {
  const data = modernise(parseJson(text, file), file)
  const result = settingsSchema.safeParse(data)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => renderIssue(issue, data))
  throw usageError(
    `${file}: ${problems.join('; ')}`,
    'all settings with their meaning: config/settings.schema.json',
  )
}

export interface SettingsMigration {
  readonly from: number
  readonly to: number
  /** What changes, a line each. */
  readonly diff: readonly string[]
  readonly text: string
}

/** undefined: the file is of this release's form already. A file with mistakes is refused first. */
export const planSettingsMigration = (text: string, file: string): SettingsMigration | undefined => {
  parseSettings(text, file)
  const data = parseJson(text, file) as Data
  const found = decideVersion(data, settingsVersion, 0, migrations)
  if (found.kind !== 'older') return undefined
  return {
    ...{ from: found.version, to: settingsVersion, diff: renderDiff(data, found.data) },
    text: `${JSON.stringify(found.data, null, 2)}\n`,
  }
}

/** For editors; written to config/settings.schema.json, and a test fails when that file is stale. */
export const renderSettingsSchema = (): string =>
  `${JSON.stringify(z.toJSONSchema(settingsSchema, { io: 'input' }), null, 2)}\n`
