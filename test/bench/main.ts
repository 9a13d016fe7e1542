import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../e2e/cli.ts'
import { benchControl } from './group-control.ts'
import { benchFleet } from './group-fleet.ts'
import { benchGateway } from './group-gateway.ts'
import { benchGuests } from './group-guests.ts'
import { benchImage } from './group-image.ts'
import { benchNetwork } from './group-network.ts'
import { benchSsh } from './group-ssh.ts'
import { benchStart } from './group-start.ts'
import { benchUp } from './group-up.ts'
import { Lab } from './lab.ts'
import { findMachine, type Machine, renderMachine } from './machine.ts'
import { decideVerdict, type Row, renderRows } from './row.ts'
import { interruption, time } from './timed.ts'

/** Started by scripts/bench.ts with its parsed flags as one argument. */
interface Options {
  readonly only: readonly string[]
  readonly runs: number
  readonly json: boolean
}

type Group = (lab: Lab, runs: number) => Promise<Row[]>

const groups: Readonly<Record<string, Group>> = {
  start: benchStart,
  up: benchUp,
  fleet: benchFleet,
  gateway: benchGateway,
  control: benchControl,
  network: benchNetwork,
  guests: benchGuests,
  ssh: benchSsh,
  image: benchImage,
}

const say = (line: string) => void process.stderr.write(`${line}\n`)

/** Bundle made, tools found, network and a first sandbox there: what every group may rely on. */
const prepare = async (lab: Lab): Promise<void> => {
  say('prepare: control plane, network, a first sandbox')
  await time(lab.direct('sandbox:up', '--user', 'seed'))
  await lab.borrowCdktf()
}

const renderReport = (machine: Machine, rows: readonly Row[]): string =>
  [
    '# Measured beside its peers',
    '',
    'Written by `npm run bench`; only the ratios of one run say something, the seconds are those of one machine.',
    renderMachine(machine),
    '',
    renderRows(rows),
    '',
  ].join('\n')

const run = async ({ only, runs, json }: Options, lab: Lab): Promise<void> => {
  const { terraformVersion } = await lab.tools()
  const machine = findMachine(terraformVersion)
  await prepare(lab)
  const chosen = Object.entries(groups).filter(([name]) => only.length === 0 || only.includes(name))
  const rows: Row[] = []
  for (const [name, group] of chosen) {
    say(`measure: ${name}`)
    const found = await group(lab, runs)
    say(renderRows(found))
    rows.push(...found)
  }
  const report = renderReport(machine, rows)
  process.stdout.write(json ? `${JSON.stringify({ machine, rows })}\n` : report)
  const missed = rows.filter((row) => decideVerdict(row) === 'miss')
  say(missed.length === 0 ? 'all targets met' : `missed: ${missed.map(({ what }) => what).join('; ')}`)
  // A part of the table must not replace the whole.
  if (only.length === 0) writeFileSync(join(root, 'test', 'bench', 'RESULTS.md'), report)
}

const lab = Lab.open(say)
process.on('SIGINT', () => interruption.abort(new Error('interrupted')))
try {
  await run(JSON.parse(process.argv[2] ?? '') as Options, lab)
} catch (error) {
  if (!interruption.signal.aborted) throw error
  say('interrupted: nothing is written')
  process.exitCode = 130
} finally {
  await lab.close()
}
