import { createHash } from 'node:crypto'
import type { Story } from '../../config/story.ts'
import { UserError } from '../../config/user-error.ts'
import type { AgentState } from '../aws/agent.ts'
import { lastLines, Remote } from '../aws/remote.ts'
import { type Context, readUserDataScript } from './context.ts'
import type { SandboxSurvey } from './sandbox-survey.ts'

const seconds = 60

/** What the machine should have run, and whether the last run is known to have brought it there. */
export interface UserData {
  readonly text: string
  readonly digest: string
  readonly there: boolean
}

export const findUserData = async ({ paths }: Context, survey: SandboxSurvey): Promise<UserData> => {
  const { renderUserData } = await import('../../stacks/synth.ts')
  const text = renderUserData(survey.spec, { userDataScript: await readUserDataScript(paths) })
  const digest = createHash('sha256').update(text).digest('hex')
  return { text, digest, there: survey.record?.userData === digest }
}

/** The record as it is now: the run that is about to end may have written it anew. */
const noteTakenOver = async ({ store }: Context, stack: string, userData: string): Promise<void> => {
  const record = await store.findRecord(stack)
  if (record !== undefined) await store.writeRecord(stack, { ...record, userData })
}

const runAgain = async ({ target, io }: Context, instanceId: string, text: string, again: string) => {
  const { ok, stderr, status } = await new Remote(target.sdk, instanceId, io.signal).run({
    ...{ text, seconds },
    about: 'take over the settings',
  })
  if (ok) return
  throw new UserError(
    `the roles are changed, but ${instanceId} still tells its agents of the settings before: ${lastLines(stderr, 3) || status}`,
    { hint: again },
  )
}

export interface TakeOver {
  readonly survey: SandboxSurvey
  readonly instanceId: string
  readonly userData: UserData
  /** It was made in this run, and runs its user data by itself. */
  readonly made: boolean
  /** unsupported: there is no machine that could be told. */
  readonly agent: AgentState
}

/**
 * Cloud-init runs user data once in the life of a machine, and the roles have just changed with the settings: what
 * the machine says about them must not stay behind. So it is run again, as it would be on a new machine; and again
 * by the next run, where this one is cut off before it is done.
 */
export const takeOver = async (
  context: Context,
  story: Story,
  { survey, instanceId, userData, made, agent }: TakeOver,
): Promise<void> => {
  if (userData.there) return
  const again = `npm run sandbox:up -- --user ${survey.spec.user}`
  if (!made && agent === 'offline')
    return story.warn(`${instanceId} still has the settings before; when its agent answers: ${again}`)
  if (!made && agent === 'online')
    await story.step('Take over the settings', () => runAgain(context, instanceId, userData.text, again))
  await noteTakenOver(context, survey.stack, userData.digest)
}
