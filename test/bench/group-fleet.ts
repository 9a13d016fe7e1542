import { join } from 'node:path'
import { readJson } from '../e2e/cli.ts'
import type { Lab } from './lab.ts'
import { type Memory, noMemory, watchMemory } from './memory.ts'
import { planRatio, planRow, type Row } from './row.ts'
import { rotate, time } from './timed.ts'

/** Four engineers with one command against one engineer; and how much memory that takes. */
export const benchFleet = async (lab: Lab, rounds: number): Promise<Row[]> => {
  const gateway = Number(readJson(join(lab.session.state, 'local', 'control.json')).pid)
  const memory: Record<'one' | 'four', Memory[]> = { one: [], four: [] }
  const up = async (size: 'one' | 'four') => {
    const users = Array.from({ length: size === 'one' ? 1 : 4 }, () => lab.newUser('many'))
    let stop = () => noMemory
    const { seconds } = await time(
      lab.direct('sandbox:up', ...users.flatMap((user) => ['--user', user])),
      (pid) => {
        stop = watchMemory(pid, gateway)
      },
    )
    memory[size].push(stop())
    return seconds
  }
  const took = await rotate(rounds, { one: () => up('one'), four: () => up('four') })
  const group = 'fleet'
  const memoryRow = (size: 'one' | 'four', of: keyof Memory, what: string, target?: number) =>
    planRow(
      { group, what, unit: 'MB', ...(target === undefined ? {} : { target }) },
      memory[size].map((one) => one[of]),
    )
  return [
    planRow({ group, what: '`sandbox:up`, one engineer', unit: 's' }, took.one),
    planRow({ group, what: '`sandbox:up`, four engineers in one command', unit: 's' }, took.four),
    planRatio({ group, what: 'four to one', target: 2.2 }, took.four, took.one),
    memoryRow('one', 'ours', 'memory of our own processes, one engineer', 200),
    memoryRow('four', 'ours', 'memory of our own processes, four engineers', 200),
    memoryRow('four', 'oursInParts', 'the same with what they share counted once'),
    memoryRow('four', 'terraform', 'memory of Terraform and its providers, four engineers'),
    memoryRow('four', 'moto', 'memory of moto, four engineers'),
  ]
}
