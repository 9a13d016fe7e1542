import { describe, expect, test } from 'vitest'
import { accessSpec, readonlyGroups } from '../../config/access.ts'
import { UserError } from '../../config/user-error.ts'
import { readonlyPolicies } from '../../stacks/access/readonly-policies.ts'
import { renderSandbox, renderUserData } from '../../stacks/synth.ts'
import { renderAccessNote } from '../../userdata/access-note.ts'
import { inputs, resources, sandboxSpec } from '../stacks/specs.ts'

const access = (readonly: object, elevated: object = {}) => accessSpec.parse({ readonly, elevated })
/** Titles to their lines. */
const sections = (note: string) =>
  new Map(
    note
      .split('\n## ')
      .slice(1)
      .map((text) => {
        const [title = '', , ...lines] = text.trimEnd().split('\n')
        return [title.split(' ')[0] ?? '', lines] as const
      }),
  )
const deniedActions = (spec: ReturnType<typeof access>) =>
  readonlyPolicies(spec.readonly).flatMap(([, { Statement }]) =>
    Statement.flatMap(({ Action }) => Action ?? []),
  )

describe('text and roles change together', () => {
  test.each(readonlyGroups)('%s is told as denied just when a policy denies it', (group) => {
    const [without, only] = [access({ deny: [] }), access({ deny: [group] })]
    expect(deniedActions(without)).toEqual([])
    expect(sections(renderAccessNote(without)).get('Denied')).toBeUndefined()
    expect(deniedActions(only).length).toBeGreaterThan(3)
    const [told] = sections(renderAccessNote(only)).get('Denied') ?? []
    expect(sections(renderAccessNote(only)).get('Readable')).toHaveLength(readonlyGroups.length - 1)
    expect(sections(renderAccessNote(only)).get('Readable')).not.toContain(told)
    expect(sections(renderAccessNote(without)).get('Readable')).toContain(told)
  })

  test('an action that is allowed leaves the policy and enters the text', () => {
    const spec = access({ allow: ['lambda:ListFunctions'], readBuckets: ['team-reports'] })
    expect(deniedActions(spec)).not.toContain('lambda:ListFunctions')
    expect(JSON.stringify(readonlyPolicies(spec.readonly))).toContain('arn:aws:s3:::team-reports/*')
    expect(sections(renderAccessNote(spec)).get('Allowed')).toEqual([
      '- `lambda:ListFunctions`',
      '- objects of the bucket `team-reports`',
    ])
  })

  test('one spec makes both: the user data of a stack carries the note of its roles', () => {
    const spec = { ...sandboxSpec, access: access({ deny: ['credentials', 'logs'] }, { strict: true }) }
    const [machine] = resources('aws_instance', renderSandbox(spec, inputs))
    const script = Buffer.from(machine?.user_data_base64, 'base64').toString()
    expect(script).toBe(renderUserData(spec, inputs))
    const note = /^access_note='(.*)'$/m.exec(script)?.[1] ?? ''
    expect(Buffer.from(note, 'base64').toString()).toBe(renderAccessNote(spec.access))
    expect(sections(renderAccessNote(spec.access)).get('Limits')?.[0]).toContain('kiro:editable')
  })
})

test('more buckets than user data can carry are refused with the setting to shorten', () => {
  const readBuckets = Array.from(
    { length: 200 },
    (_, index) => `team-bucket-with-a-name-that-is-long-${index}`,
  )
  const render = () => renderUserData({ ...sandboxSpec, access: access({ readBuckets }) }, inputs)
  expect(render).toThrow(UserError)
  expect(render).toThrow(/EC2 takes 16384/)
})
