import type { Story } from '../config/story.ts'
import { exitCode, UserError } from '../config/user-error.ts'
import type { SandboxMachine } from './aws/instances.ts'
import { common, defineCommand } from './cli/command.ts'
import type { Target } from './target.ts'

/**
 * Each with the dollars that it and its disks cost a month as it is now. Engineers need no right to look at disks for
 * anything else, so without it there is no price, and the list all the same.
 */
const withPrices = async (
  { sdk, region }: Target,
  machines: readonly SandboxMachine[],
  now: Date,
  story: Story,
): Promise<(SandboxMachine & { readonly monthly: number | undefined })[]> => {
  const { listDisks } = await import('./cost/find-ground.ts')
  const { monthlyOf } = await import('./cost/plan-cost.ts')
  const volumes = await listDisks(sdk, machines).catch((error: unknown) => {
    if (!(error instanceof UserError) || error.exitCode === exitCode.interrupted) throw error
    story.warn(`no prices: ${error.message}`)
    return undefined
  })
  if (volumes === undefined) return machines.map((machine) => ({ ...machine, monthly: undefined }))
  const ground = { region, now, machines, volumes, images: [], endpoints: [], nats: [], addresses: [] }
  return machines.map((machine) => ({ ...machine, monthly: monthlyOf(ground, machine.user) }))
}

export const command = defineCommand({
  name: 'sandbox:list',
  summary: 'list all sandboxes of this account and region',
  flags: { target: common.target, config: common.config, json: common.json },
  examples: ['npm run sandbox:list', 'npm run -s sandbox:list -- --json'],
  run: async (flags, io) => {
    const { openContext } = await import('./sandbox/context.ts')
    const { listMachines } = await import('./aws/instances.ts')
    const context = await openContext('npm run sandbox:list', flags, io)
    const [found, kind] = await Promise.all([listMachines(context.target.sdk), context.target.findMachines()])
    const now = new Date()
    const machines = await withPrices(context.target, found, now, io.story)
    if (flags.json) {
      io.answer(
        JSON.stringify({
          target: context.target.name,
          region: context.target.region,
          machines: kind,
          sandboxes: machines,
        }),
      )
      return 0
    }
    if (machines.length === 0) {
      io.story.say(
        `no sandboxes on ${context.target.name} in ${context.target.region}; make one: npm run sandbox:up -- --user alice`,
      )
      return 0
    }
    const { renderDuration } = await import('../config/duration.ts')
    const { renderTable } = await import('./sandbox/render-table.ts')
    const { decidePriceNotice, renderDollars } = await import('../config/prices.ts')
    io.answer(
      renderTable([
        ['USER', 'STATE', 'INSTANCE', 'TYPE', 'IMAGE', 'ADDRESS', 'AGE', 'A MONTH'],
        ...machines.map(
          ({ user, state, instanceId, type, imageId, image, privateIp, launchedAt, monthly }) => [
            user,
            state,
            instanceId,
            type,
            `${imageId} (${image})`,
            privateIp ?? '-',
            launchedAt === undefined ? '-' : renderDuration(now.getTime() - Date.parse(launchedAt)),
            renderDollars(monthly),
          ],
        ),
      ]),
    )
    if (kind.sentence !== undefined) io.story.say(kind.sentence)
    for (const sentence of decidePriceNotice(context.target.region, now).sentences) io.story.warn(sentence)
    return 0
  },
})
