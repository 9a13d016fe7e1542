import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from './lab.ts'
import { planRow, type Row } from './row.ts'
import { rotate, time } from './timed.ts'

const rounds = 11

/** npm starting a program that does nothing at all: nobody's command can be faster by npm. */
const emptyScript = (lab: Lab): string => {
  const folder = join(lab.session.state, 'empty')
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { nothing: 'node -e 0' } }))
  return folder
}

/** Commands that do next to nothing: what is left is starting up. */
export const benchStart = async (lab: Lab): Promise<Row[]> => {
  const seconds = async (program: ReturnType<Lab['direct']>) => (await time(program)).seconds
  const nothing = {
    ...{ command: 'npm', args: ['run', '-s', 'nothing'] },
    ...{ cwd: emptyScript(lab), env: lab.environment },
  }
  const node = { command: process.execPath, args: ['-e', '0'], cwd: '.', env: lab.environment }
  const samples = await rotate(rounds, {
    helpNpm: () => seconds(lab.npm('sandbox:up', '--help')),
    help: () => seconds(lab.direct('sandbox:up', '--help')),
    listNpm: () => seconds(lab.npm('sandbox:list')),
    list: () => seconds(lab.direct('sandbox:list')),
    nothing: () => seconds(nothing),
    node: () => seconds(node),
  })
  const row = (what: string, list: readonly number[], target?: number) =>
    planRow({ group: 'start', what, unit: 's', ...(target === undefined ? {} : { target }) }, list)
  return [
    row('`sandbox:up --help` by npm run -s', samples.helpNpm, 0.3),
    row('`sandbox:up --help` without npm', samples.help, 0.3),
    row('`sandbox:list` by npm run -s', samples.listNpm, 0.8),
    row('`sandbox:list` without npm', samples.list, 0.8),
    row('`node -e 0` by npm run -s, for comparison', samples.nothing),
    row('`node -e 0`, for comparison', samples.node),
  ]
}
