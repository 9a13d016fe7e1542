import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Finding, fine, note, wrong } from '../../config/finding.ts'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { findAgent } from '../aws/agent.ts'
import { explainAwsError } from '../aws/call.ts'
import type { SandboxMachine } from '../aws/instances.ts'
import { lastLines, Remote, type RemoteResult } from '../aws/remote.ts'
import type { Ground } from './ground.ts'

export interface Inside {
  readonly user: string
  /** As inside.sh writes them. */
  readonly lines: readonly (readonly string[])[]
  /** Why there are none. */
  readonly failure: string | undefined
  /** What to do about that. */
  readonly hint?: string
}

/** From here on updates and builds begin to fail. */
const [full, fullSoon] = [95, 85]

const decideDiskLine = (
  user: string,
  [, mount = '', percent = '', kibibytes = '']: readonly string[],
): Finding[] => {
  const used = Number(percent)
  const says = `${mount} is ${used} % full, ${(Number(kibibytes) / 1024 ** 2).toFixed(1)} GiB left`
  const fix = `npm run ssm:connect -- --user ${user} --command 'sudo du -xh ${mount} | sort -h | tail', or a larger instance.rootVolumeGiB`
  if (used >= full) return [wrong(user, says, fix)]
  return used >= fullSoon ? [note(user, says, fix)] : []
}

const decideLine = (user: string, line: readonly string[]): Finding[] => {
  const [kind, thing = '', percent] = line
  switch (kind) {
    case 'disk':
      return decideDiskLine(user, line)
    case 'inodes':
      return Number(percent) >= full
        ? [wrong(user, `${thing} has almost no inodes left (${percent} % used)`)]
        : []
    case 'shadow':
      return [
        wrong(
          user,
          `${thing} replaces an agent of the sandbox, so Kiro there follows other rules`,
          `look at that file, and remove or rename it; npm run ssm:connect -- --user ${user} --shell`,
        ),
      ]
    case 'failed':
      return [
        wrong(
          user,
          `failed units: ${thing.trim()}`,
          `npm run ssm:connect -- --user ${user} --command 'systemctl status ${thing.trim()}'`,
        ),
      ]
    default:
      return []
  }
}

export const decideInside = ({ user, lines, failure, hint }: Inside): Finding[] => {
  if (failure !== undefined) return [wrong(user, `could not be looked into: ${failure}`, hint)]
  const findings = lines.flatMap((line) => decideLine(user, line))
  if (findings.length > 0) return findings
  const root = lines.find(([kind, mount]) => kind === 'disk' && mount === '/')
  return [fine(user, `/ is ${root?.[2] ?? '?'} % full, agents are the image's, no unit has failed`)]
}

export const parseInside = (user: string, { ok, stdout, stderr, status }: RemoteResult): Inside => ({
  user,
  lines: stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')),
  failure: ok ? undefined : lastLines(stderr, 1) || status,
})

/** How long a machine may take to look at itself. */
const seconds = 15
/** How long we wait for that, agent and all; less than a check has, for one slow machine hides no other. */
const patience = 25_000

const look = async (
  { context: { target } }: Ground,
  { user, instanceId }: Pick<SandboxMachine, 'user' | 'instanceId'>,
  script: string,
  signal: AbortSignal,
): Promise<Inside | undefined> => {
  const { state } = await findAgent(target.sdk, instanceId)
  if (state !== 'online') return undefined
  const result = await new Remote(target.sdk, instanceId, signal).run({
    ...{ text: `SANDBOX_USER=${names.sandboxUser}\n${script}`, seconds, about: 'doctor looks inside' },
  })
  return parseInside(user, result)
}

/** One that does not answer says nothing about the others. */
const explain = (user: string, thrown: unknown, late: boolean): Inside => {
  if (late) return { user, lines: [], failure: `it has not answered within ${patience / 1000} s` }
  const error = explainAwsError(thrown, `look inside the sandbox of ${user}`)
  const failure = error instanceof Error ? error.message : String(error)
  const hint = error instanceof UserError ? error.hint : undefined
  return { user, lines: [], failure, ...(hint === undefined ? {} : { hint }) }
}

/** Machines whose agent answers; of the others `sandboxes` tells. */
export const lookInside = async (ground: Ground): Promise<Inside[]> => {
  const { paths, io } = ground.context
  const script = await readFile(join(paths.root, 'scripts', 'doctor', 'inside.sh'), 'utf8')
  const running = (await ground.machines()).filter(({ state }) => state === 'running')
  const looks = running.map(async (machine) => {
    const late = AbortSignal.timeout(patience)
    try {
      return await look(ground, machine, script, AbortSignal.any([io.signal, late]))
    } catch (error) {
      io.signal.throwIfAborted()
      return explain(machine.user, error, late.aborted)
    }
  })
  return (await Promise.all(looks)).filter((inside) => inside !== undefined)
}
