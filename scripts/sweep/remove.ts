import { parseUserName } from '../../config/user-name.ts'
import type { Finding } from '../../images/sweep.ts'
import { awsCall } from '../aws/call.ts'
import { removeImage } from '../image/amis.ts'
import { ImageStore } from '../image/image-store.ts'
import { terminate } from '../image/launch.ts'
import { type Context, openTerraform } from '../sandbox/context.ts'
import { removeSideOrphans } from './side.ts'
import { surveySweep } from './survey.ts'

const removeSnapshot = async ({ target }: Context, SnapshotId: string): Promise<void> => {
  const { DeleteSnapshotCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  await awsCall(`remove ${SnapshotId}`, () =>
    new EC2Client(target.sdk).send(new DeleteSnapshotCommand({ SnapshotId })),
  )
}

const removeVolume = async ({ target }: Context, VolumeId: string): Promise<void> => {
  const { DeleteVolumeCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  await awsCall(`remove ${VolumeId}`, () =>
    new EC2Client(target.sdk).send(new DeleteVolumeCommand({ VolumeId })),
  )
}

const removers: Readonly<
  Record<Exclude<Finding['kind'], 'orphan'>, (context: Context, id: string) => Promise<unknown>>
> = {
  machine: ({ target }, id) => terminate(target.sdk, id),
  image: ({ target }, id) => removeImage(target.sdk, id),
  snapshot: removeSnapshot,
  volume: removeVolume,
  lock: ({ target }, id) => new ImageStore(target).remove(id),
  artifact: ({ target }, id) => new ImageStore(target).remove(id),
}

/**
 * As sandbox:down removes what a run left that was cut off: through Terraform, which knows the order. A removal that
 * stops half way has a state, so the rest is no orphan any more.
 * @returns of whom everything is gone
 */
const removeOrphans = async (context: Context, users: readonly string[]): Promise<ReadonlySet<string>> => {
  const removed = new Set<string>()
  if (users.length === 0) return removed
  const { removeStack, surveyRemoval } = await import('../sandbox/down.ts')
  const tools = await openTerraform(context)
  for (const name of users) {
    try {
      const removal = await surveyRemoval(context, parseUserName(name))
      await removeStack(context, tools, context.io.story, removal, undefined)
      removed.add(name)
    } catch (error) {
      context.io.signal.throwIfAborted()
      context.io.story.warn(
        `${(error as Error).message}; npm run sandbox:down -- --user ${name} goes on where this stopped`,
      )
    }
  }
  return removed
}

const keyOf = ({ kind, id }: Finding): string => `${kind} ${id}`

/** Removes what was found and still is to be found. @returns what went; one that cannot go is told, the rest goes on */
export const removeFindings = async (
  context: Context,
  asked: readonly Finding[],
  now = new Date(),
): Promise<Finding[]> => {
  const wanted = new Set(asked.map(keyOf))
  const still = (await surveySweep(context, now)).filter((one) => wanted.has(keyOf(one)))
  const removed: Finding[] = []
  for (const finding of still) {
    const { kind, id } = finding
    if (kind === 'orphan') continue
    try {
      await context.io.story.step(`Remove ${kind} ${id}`, () => removers[kind](context, id))
      removed.push(finding)
    } catch (error) {
      context.io.story.warn(`${kind} ${id} is still there: ${(error as Error).message}`)
    }
  }
  const orphans = still.filter(({ kind }) => kind === 'orphan')
  const gone = await removeOrphans(context, [...new Set(orphans.flatMap(({ user }) => user ?? []))])
  const goneStacks = await removeSideOrphans(context, [
    ...new Set(orphans.flatMap(({ stack }) => stack ?? [])),
  ])
  return [
    ...removed,
    ...orphans.filter(({ user, stack }) => gone.has(user ?? '') || goneStacks.has(stack ?? '')),
  ]
}
