import { openSession } from '../e2e/cli.ts'
import type { Lab } from './lab.ts'
import { planRow, type Row } from './row.ts'

const group = 'elevation'

/** From typing the command until a call of the sandbox was allowed: it says so when it ends. Needs real machines. */
export const benchElevation = async (lab: Lab, runs: number): Promise<Row[]> => {
  const session = openSession({})
  try {
    lab.note('a sandbox from a golden image')
    const must = async (name: string, ...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await session.run(name, '--user', 'alice', ...args)
      if (code !== 0) throw new Error(`${name} ended with ${code}: ${stderr}`)
      return stdout
    }
    await must('sandbox:up')
    const samples: number[] = []
    for (let run = 0; run < runs; run += 1) {
      const began = performance.now()
      const said = await must('sandbox:elevate', '--for', '10m', '--reason', 'bench', '--json')
      samples.push((performance.now() - began) / 1000)
      if (!said.includes('"kind":"allowed"')) throw new Error(`no call was allowed: ${said}`)
      await must('sandbox:deescalate')
    }
    const what = '`sandbox:elevate` to the first allowed call in the sandbox'
    return [planRow({ group, what, unit: 's', target: 3 }, samples)]
  } finally {
    await session.close()
  }
}
