import type { AccessSpec, ReadonlyGroup } from '../config/access.ts'

/** What each group of reads holds, in words for an agent; stacks/access/denied-reads.ts has the actions. */
const groupWords: Readonly<Record<ReadonlyGroup, string>> = {
  credentials: 'credentials: secrets, tokens, keys, passwords, API keys',
  configuration:
    'configuration that holds secrets: functions and their environment, task and job definitions, user data, templates',
  parameters: 'values of parameters, except the public ones below /aws/service',
  objects: 'objects, snapshots and archives: contents, not names and sizes',
  databases: 'records and query results',
  streams: 'messages, streams and media',
  code: 'source code and container images',
  people: 'personal data: users, identities, findings about people',
  logs: 'contents of logs and traces',
}

const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}\n`).join('')

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `\n## ${title}\n\n${list(lines)}`

/**
 * Steering that says what the readonly role of this sandbox may not read, from the very settings its policies are
 * made from. It belongs to the sandbox and not to the image: engineers share an image, and settings change more
 * often than images do.
 */
export const renderAccessNote = ({ readonly, elevated }: AccessSpec): string => {
  const { deny, allow, readBuckets } = readonly
  const open = (Object.keys(groupWords) as ReadonlyGroup[]).filter((group) => !deny.includes(group))
  const head = `---
inclusion: always
---

# What this sandbox may read

\`kiro-readonly\` describes and lists everything. IAM holds the lists below; they are the settings of this sandbox.
`
  return [
    head,
    section(
      'Denied to kiro-readonly, although AWS counts it as reading',
      deny.map((group) => groupWords[group]),
    ),
    section(
      'Readable',
      open.map((group) => groupWords[group]),
    ),
    section('Allowed all the same', [
      ...allow.map((action) => `\`${action}\``),
      ...readBuckets.map((bucket) => `objects of the bucket \`${bucket}\``),
    ]),
    section(
      'Limits of kiro-elevated',
      elevated.strict
        ? [
            'also inside a window: no code and no secret of things that are not tagged `kiro:editable` = `true`',
          ]
        : [],
    ),
  ].join('')
}
