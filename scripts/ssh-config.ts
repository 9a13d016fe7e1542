import { homedir } from 'node:os'
import { exitCode, usageError } from '../config/user-error.ts'
import type { UserName } from '../config/user-name.ts'
import { hostAlias, type SshPlace } from '../connect/ssh-config/place.ts'
import { common, defineCommand } from './cli/command.ts'
import type { Io } from './cli/io.ts'

const name = 'ssh:config'

export const command = defineCommand({
  name,
  summary: 'ssh, scp and editors reach a sandbox as sandbox-<user>: print that configuration, or write it',
  flags: {
    user: { ...common.user, multiple: false, about: 'the engineer' },
    write: { type: 'boolean', about: 'write it: a file of ours, and one Include in ~/.ssh/config' },
    remove: { type: 'boolean', about: 'take it out again' },
    target: common.target,
    config: common.config,
    json: common.json,
  },
  examples: ['npm run ssh:config -- --user alice --write && ssh sandbox-alice'],
  run: async (flags, io) => {
    const { parseUsers } = await import('./sandbox/context.ts')
    const { planSshPlace } = await import('../connect/ssh-config/place.ts')
    const [user] = parseUsers(name, flags.user === undefined ? [] : [flags.user])
    if (user === undefined) return exitCode.usage
    if (flags.write && flags.remove)
      throw usageError('--write and --remove exclude each other', 'give one of them')
    const place = planSshPlace(homedir())
    const { text, changed } = flags.remove
      ? await remove(user, place)
      : await make({ ...flags, user, place }, io)
    if (flags.json) io.answer(JSON.stringify({ host: hostAlias(user), text, changed }))
    else if (text !== '') io.answer(text.trimEnd())
    for (const file of changed) io.story.say(`changed: ${file}`)
    if (flags.write || flags.remove) io.story.say(renderNext(user, flags.remove, changed.length))
    return exitCode.done
  },
})

interface Outcome {
  readonly text: string
  readonly changed: readonly string[]
}

interface Wanted {
  readonly user: UserName
  readonly place: SshPlace
  readonly write: boolean
  readonly target: string | undefined
  readonly config: string | undefined
}

const renderNext = (user: UserName, removed: boolean, changes: number): string => {
  if (removed) return changes === 0 ? `there was no configuration of ${hostAlias(user)}` : 'removed'
  return changes === 0
    ? `everything was there already: ssh ${hostAlias(user)}`
    : `next: ssh ${hostAlias(user)}`
}

/** Asks no AWS: a sandbox that is gone can be taken out too. */
const remove = async (user: UserName, place: SshPlace): Promise<Outcome> => {
  const { removeConfig } = await import('./ssh/write-config.ts')
  return { text: '', changed: removeConfig(user, place) }
}

const make = async (wanted: Wanted, io: Io): Promise<Outcome> => {
  const { user, place, write, config } = wanted
  const { openContext, renderCommand } = await import('./sandbox/context.ts')
  const { planProxy, renderConfig, writeConfig } = await import('./ssh/write-config.ts')
  const { findSandbox, reachMachine } = await import('./connect/reach.ts')
  const context = await openContext(renderCommand(name, [user]), wanted, io)
  const machine = write ? await reachMachine(context, user) : await findSandbox(context, user)
  const text = renderConfig(context, user, machine, place, planProxy(context, user, config, process.env))
  return { text, changed: write ? await writeConfig(context, user, machine, place, text) : [] }
}
