import { expect, test } from 'vitest'
import { parseAsking } from '../../scripts/audit/parse-asking.ts'

const flags = { user: ['alice'], since: undefined, region: [], 'event-data-store': undefined }

test('whose story, how far back and where is read alike for every command', () => {
  expect(parseAsking('audit', { ...flags, since: '2h', region: ['eu-west-1'] })).toEqual({
    ...{ user: 'alice', since: 7_200_000, regions: ['eu-west-1'], store: undefined },
  })
})

test.each([
  ['alice, bob: one story at a time', { user: ['alice', 'bob'] }],
  ['--region eu-west-1 goes by event history', { region: ['eu-west-1'], 'event-data-store': 'events' }],
  ['--event-data-store "../x" is neither', { 'event-data-store': '../x' }],
  ['--since 120d is longer than the 90 days', { since: '120d' }],
  ['--user is missing', { user: [] }],
])('%s is refused with a hint', (message, wrong) => {
  const refuse = () => parseAsking('audit:transcripts', { ...flags, ...wrong })
  expect(refuse).toThrow(expect.objectContaining({ exitCode: 2, hint: expect.stringMatching(/./) }))
  expect(refuse).toThrow(message)
})
