import { exitCode, UserError, usageError } from '../config/user-error.ts'
import { parseUserName, type UserName } from '../config/user-name.ts'
import type { Journal } from './adoption/journal.ts'
import { common, defineCommand } from './cli/command.ts'
import type { Io } from './cli/io.ts'
import type { Context } from './sandbox/context.ts'

const name = 'adopt'

export const command = defineCommand({
  name,
  summary:
    'take the machine of a CloudFormation stack over as a sandbox, without a stop; the stack goes last, and until then --undo',
  flags: {
    stack: { type: 'string', value: 'name', about: 'the CloudFormation stack' },
    user: { type: 'string', value: 'name', about: 'the engineer; default: the name of the stack' },
    'keep-stack': { type: 'boolean', about: 'stop before the stack is deleted, the one step without return' },
    undo: { type: 'boolean', about: 'give everything back to the stack, as it was' },
    unlock: common.unlock,
    target: common.target,
    config: common.config,
    plan: common.plan,
    json: common.json,
    yes: common.yes,
  },
  examples: [
    'npm run adopt -- --stack kiro-agent-test --user alice --plan',
    'npm run adopt -- --stack kiro-agent-test --user alice --keep-stack',
    'npm run adopt -- --stack kiro-agent-test --user alice --undo',
  ],
  run: async (flags, io) => {
    const { openContext } = await import('./sandbox/context.ts')
    const stack = parseStackName(flags.stack)
    const user = parseUserName(flags.user ?? stack)
    const context = await openContext(`npm run ${name} -- --stack ${stack} --user ${user}`, flags, io)
    const found = await findJournal(context, stack, user)
    const unlock = flags.unlock === undefined ? {} : { unlock: flags.unlock }
    if (flags.undo) return undoAdoption(context, user, found, unlock, flags.json)
    return adopt(context, {
      stack,
      user,
      found,
      unlock,
      plan: flags.plan,
      json: flags.json,
      keep: flags['keep-stack'],
    })
  },
})

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
const parseStackName = (value: string | undefined): string => {
  if (value === undefined)
    throw usageError('--stack is missing', `npm run ${name} -- --stack kiro-agent-test --user alice`)
  if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(value))
    throw usageError(
      `"${value}" is no name of a stack`,
      'letters, digits and hyphens, starting with a letter',
    )
  return value
}

const findJournal = async (
  { store }: Context,
  stack: string,
  user: UserName,
): Promise<Journal | undefined> => {
  const { names } = await import('../config/names.ts')
  const { parseJournal } = await import('./adoption/journal.ts')
  const text = await store.findAdoption(names.sandboxStack(user))
  const journal = text === undefined ? undefined : parseJournal(text, stack)
  if (journal !== undefined && journal.stack !== stack)
    throw new UserError(`the takeover of ${journal.stack} by ${user} is not finished`, {
      hint: `npm run ${name} -- --stack ${journal.stack} --user ${user}`,
    })
  return journal
}

interface Asked {
  readonly stack: string
  readonly user: UserName
  readonly found: Journal | undefined
  readonly unlock: { readonly unlock?: string }
  readonly plan: boolean
  readonly json: boolean
  readonly keep: boolean
}

const adopt = async (context: Context, asked: Asked): Promise<number> => {
  const { stack, user, found, plan, json, keep } = asked
  const { io } = context
  const { findStackDrifts } = await import('./aws/stack-drift.ts')
  const { openTerraform } = await import('./sandbox/context.ts')
  const { lookAhead, surveyAdoption } = await import('./adoption/survey.ts')
  const { renderAdoption } = await import('./adoption/render.ts')
  const { refuseMore, takeOver } = await import('./adoption/take.ts')
  const { agree, goOn, mayDelete } = await import('./adoption/agree.ts')
  const { decideNext, turn } = await import('./adoption/journal.ts')
  const journal = found ?? (await surveyAdoption(context, stack, user))
  const tools = await openTerraform(context)
  if (found === undefined || plan) {
    const judged = found?.done.includes('apply')
      ? { improvements: [], refused: [] }
      : await io.story.step('Ask Terraform', () => lookAhead(context, tools, journal))
    const drifts =
      found === undefined
        ? await io.story.step('Look for drift', () =>
            findStackDrifts(context.target.sdk, journal.stackId, io.signal),
          )
        : []
    if (plan) {
      const { instanceId } = journal.machine
      io.answer(
        json
          ? JSON.stringify({
              stack,
              user,
              instanceId,
              next: decideNext(journal),
              ...judged,
              drifts: drifts.map(({ LogicalResourceId: logicalId, StackResourceDriftStatus: status }) => ({
                logicalId,
                status,
              })),
              resources: journal.resources,
            })
          : renderAdoption(journal, judged, drifts),
      )
      return judged.refused.length > 0 ? exitCode.finding : exitCode.done
    }
    refuseMore(judged.refused, user)
    io.story.say(renderAdoption(journal, judged, drifts))
    await agree(context, 'Take it over? Everything up to the deletion of the stack can be undone.')
    const { ensureStateBucket } = await import('./aws/bootstrap.ts')
    await ensureStateBucket(context)
  } else await goOn(context, journal)
  const ended = await takeOver(
    { context, tools, story: io.story, ...asked.unlock },
    turn(journal, 'forward'),
    async () => (keep ? false : mayDelete(context, journal)),
  )
  tell(ended, io, json, decideNext(ended) === undefined)
  return exitCode.done
}

const tell = ({ stack, user, machine }: Journal, io: Io, json: boolean, finished: boolean): void => {
  const { instanceId } = machine
  io.answer(json ? JSON.stringify({ stack, user, instanceId, finished }) : instanceId)
  io.story.say('')
  io.story.say('next:')
  if (!finished) {
    io.story.say(`  npm run ${name} -- --stack ${stack} --user ${user}          deletes the stack, for good`)
    io.story.say(`  npm run ${name} -- --stack ${stack} --user ${user} --undo   gives everything back to it`)
    return
  }
  io.story.say(`  npm run sandbox:status -- --user ${user}`)
  io.story.say(`  npm run sandbox:up -- --user ${user}   makes the session documents that ssm:connect needs`)
}

const undoAdoption = async (
  context: Context,
  user: UserName,
  found: Journal | undefined,
  unlock: { readonly unlock?: string },
  json: boolean,
): Promise<number> => {
  const { io } = context
  if (found === undefined)
    throw new UserError(`no takeover for ${user} is under way`, {
      hint: 'what is finished cannot be undone; what was never begun need not be',
    })
  const { planUndo } = await import('./adoption/journal.ts')
  const { agree } = await import('./adoption/agree.ts')
  const { undo } = await import('./adoption/undo.ts')
  const { openTerraform } = await import('./sandbox/context.ts')
  const back = planUndo(found)
  io.story.say(`Taking back: ${back.join(', ') || 'nothing was begun'}`)
  await agree(context, `Give everything back to the stack ${found.stack}?`)
  const tools = await openTerraform(context)
  await undo({ context, tools, story: io.story, ...unlock }, found)
  const { instanceId } = found.machine
  io.answer(json ? JSON.stringify({ stack: found.stack, user, instanceId, undone: back }) : instanceId)
  return exitCode.done
}
