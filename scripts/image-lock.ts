import { exitCode, UserError, usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'
import type { Io } from './cli/io.ts'
import type { ImageContext } from './image/open.ts'

export const command = defineCommand({
  name: 'image:lock',
  summary: 'check the lock of the golden image against settings and sources (exit 3 when stale), or renew it',
  flags: {
    update: { type: 'boolean', about: 'resolve everything anew and write it; prints what changes' },
    files: { type: 'boolean', about: 'take over the files of this checkout only; asks nobody' },
    target: common.target,
    config: common.config,
    json: common.json,
    yes: common.yes,
  },
  examples: ['npm run image:lock', 'npm run image:lock -- --update', 'npm run image:lock -- --files'],
  run: async (flags, io) => {
    if (flags.update && flags.files)
      throw usageError('--update and --files are two ways of one', 'npm run image:lock -- --help')
    const { openContext } = await import('./sandbox/context.ts')
    const { openImages } = await import('./image/open.ts')
    const context = await openImages(await openContext('npm run image:lock', flags, io))
    return flags.update || flags.files ? renew(context, flags, io) : check(context, flags.json, io)
  },
})

const check = async (context: ImageContext, json: boolean, io: Io): Promise<number> => {
  const { chooseLock } = await import('./image/load-lock.ts')
  const { review } = await import('./image/open.ts')
  const { chosen, misfits } = await chooseLock(context.paths, context.ground)
  const none = misfits.length === 0 ? [`there is no ${context.ground.lockFile}`] : misfits
  const { stale, files } = chosen === undefined ? { stale: none, files: [] } : review(context, chosen)
  const findings = [...stale, ...files]
  if (json) io.answer(JSON.stringify({ file: chosen?.file, stale, files }))
  else if (findings.length === 0) io.answer(`${chosen?.file} is up to date`)
  else io.answer(findings.join('\n'))
  if (findings.length === 0) return exitCode.done
  io.story.say(
    stale.length > 0
      ? 'npm run image:lock -- --update renews it'
      : 'npm run image:lock -- --files takes them over',
  )
  return exitCode.finding
}

const renew = async (
  context: ImageContext,
  flags: { readonly update: boolean; readonly json: boolean },
  io: Io,
): Promise<number> => {
  const { resolveLock, updateLock, withFiles } = await import('./image/lock.ts')
  const { file, changes } = await updateLock(context, async (before) => {
    if (flags.update) return resolveLock(context, before)
    if (before === undefined)
      throw new UserError(`there is no ${context.ground.lockFile} to take files over into`, {
        hint: 'npm run image:lock -- --update',
      })
    return withFiles(context, before)
  })
  if (flags.json) io.answer(JSON.stringify({ file, changes }))
  else if (changes.length > 0) io.answer(changes.join('\n'))
  io.story.say(changes.length === 0 ? `${file} is up to date` : `written: ${file}`)
  return exitCode.done
}
