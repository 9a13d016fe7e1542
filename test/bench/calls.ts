import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { journalFiles } from '../../local/control/journal-file.ts'
import type { Lab } from './lab.ts'

/** The journal is written behind the answers. */
const settling = 2000

interface JournalLine {
  readonly time: string
  readonly service: string
  readonly operation: string
  readonly principal: string | null
}

/** What whoever sits at this computer has asked AWS for since then; machines ask with roles of their own. */
export const countCalls = async (lab: Lab, since: Date): Promise<Map<string, number>> => {
  await sleep(settling)
  const text = readFileSync(journalFiles(join(lab.session.state, 'local')).file, 'utf8')
  const calls = new Map<string, number>()
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const { time: at, service, operation, principal } = JSON.parse(line) as JournalLine
    if (Date.parse(at) < since.getTime() || !/:user\//.test(principal ?? '')) continue
    calls.set(`${service}/${operation}`, (calls.get(`${service}/${operation}`) ?? 0) + 1)
  }
  return calls
}

export const sumCalls = (calls: ReadonlyMap<string, number>): number =>
  [...calls.values()].reduce((all, one) => all + one, 0)

export const renderCalls = (calls: ReadonlyMap<string, number>): string =>
  [...calls]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
