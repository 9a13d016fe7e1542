import { expect } from 'vitest'
import type { Finding } from '../../config/finding.ts'
import type { Session } from '../e2e/cli.ts'

interface Consulted {
  readonly code: number | null
  readonly findings: readonly (Finding & { readonly group: string; readonly check: string })[]
}

export const parseReport = (code: number | null, stdout: string): Consulted => ({
  code,
  findings: (JSON.parse(stdout) as Pick<Consulted, 'findings'>).findings,
})

/** Runs `doctor` as a person does. */
export const consult = async (session: Session, ...args: string[]): Promise<Consulted> => {
  const { code, stdout } = await session.run('doctor', '--json', ...args)
  return parseReport(code, stdout)
}

/** What doctor has to say about something, but that it is fine. */
export const saidOf = ({ findings }: Consulted, what: string): string[] =>
  findings
    .filter((one) => one.what === what && one.verdict !== 'fine')
    .map(({ verdict, says, fix }) => `${verdict}: ${says}${fix === undefined ? '' : ` [${fix}]`}`)

const expectSaid =
  (verdict: Finding['verdict']) =>
  ({ findings }: Consulted, what: string, says: RegExp, fix?: RegExp): void =>
    expect(findings).toContainEqual(
      expect.objectContaining({
        ...{ what, verdict, says: expect.stringMatching(says) },
        ...(fix === undefined ? {} : { fix: expect.stringMatching(fix) }),
      }),
    )

/** Worth knowing, and no reason to fail. */
export const expectNote = expectSaid('note')

/** Something is wrong, said in these words, with what to type, and told by the exit code. */
export const expectWrong: typeof expectNote = (consulted, what, says, fix) => {
  expectSaid('wrong')(consulted, what, says, fix)
  expect(consulted.code).toBe(3)
}
