import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compileActions } from '../../iam/actions.ts'
import { deniedReads } from '../../stacks/access/denied-reads.ts'
import { listKnownActions } from './access-actions.ts'

const file = join(import.meta.dirname, '..', '..', 'stacks', 'access', 'denied-reads-expansions.json')
const known = await listKnownActions()

/** Pattern to the actions it stands for. */
const expand = (pattern: string): string[] => {
  const covers = compileActions([pattern])
  return known.map(({ name }) => name).filter((name) => covers(name.toLowerCase()))
}

test('what patterns stand for is as IAM has it today (renew with npx vitest run -u)', async () => {
  const patterns = Object.values(deniedReads)
    .flat()
    .filter((pattern) => pattern.includes('*'))
  const expansions = Object.fromEntries(patterns.sort().map((pattern) => [pattern, expand(pattern)]))
  const lines = Object.entries(expansions).map(
    ([pattern, actions]) => `  ${JSON.stringify(pattern)}: ${JSON.stringify(actions)}`,
  )
  await expect(`{\n${lines.join(',\n')}\n}\n`).toMatchFileSnapshot(file)
})

test('every denied pattern stands for an action that exists', () => {
  const all = Object.values(deniedReads).flat()
  expect(all.length).toBeGreaterThan(200)
  expect(all.filter((pattern) => expand(pattern).length === 0)).toEqual([])
})
