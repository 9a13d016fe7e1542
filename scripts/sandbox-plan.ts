import { UserError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'sandbox:plan'

export const command = defineCommand({
  name,
  summary: 'ask Terraform what sandbox:up would change, without changing it',
  flags: {
    user: common.user,
    target: common.target,
    config: common.config,
    json: common.json,
    yes: common.yes,
  },
  examples: ['npm run sandbox:plan -- --user alice'],
  run: async (flags, io) => {
    const { openContext, openTerraform, parseUsers, renderCommand } = await import('./sandbox/context.ts')
    const { findImage, surveySandbox } = await import('./sandbox/sandbox-survey.ts')
    const { checkGround } = await import('./network/check-ground.ts')
    const { renderMove } = await import('./network/decide-move.ts')
    const { findMove, parseNetworkOutputs, surveyNetwork } = await import('./sandbox/network.ts')
    const { planStack, renderChanges } = await import('./sandbox/plan-stack.ts')
    const users = parseUsers(name, flags.user)
    const context = await openContext(renderCommand(name, users), flags, io)
    const network = await surveyNetwork(context)
    if (network.record === undefined)
      throw new UserError('there is no network yet, so Terraform cannot plan a sandbox in it', {
        hint: `npm run sandbox:up -- --user ${users[0]} --plan`,
      })
    await checkGround(context.target.sdk, network.spec)
    const move = await findMove(context, network)
    if (move !== undefined) io.story.warn(renderMove(move))
    const outputs = parseNetworkOutputs(network.record.outputs)
    const tools = await openTerraform(context)
    const image = await findImage(context)
    const surveys = [
      network,
      ...(await Promise.all(users.map((user) => surveySandbox(context, user, outputs, image)))),
    ]
    const plans = []
    for (const survey of surveys)
      plans.push(await io.story.step(`Plan ${survey.stack}`, () => planStack(context, tools, survey)))
    io.answer(flags.json ? JSON.stringify(plans) : renderChanges(plans))
    return 0
  },
})
