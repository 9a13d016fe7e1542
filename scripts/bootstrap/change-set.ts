import { randomUUID } from 'node:crypto'
import type { DescribeChangeSetOutput, ResourceChange } from '@aws-sdk/client-cloudformation'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import { poll } from '../aws/poll.ts'
import { findDeniedAction } from './decide.ts'
import { type PlannedChange, planChanges } from './render.ts'
import { type BootstrapContext, openCloudFormation } from './stack.ts'
import { readWantedTemplate } from './wanted.ts'

export interface ChangeSet {
  readonly id: string
  readonly changes: readonly PlannedChange[]
  /** Neither the template nor what it made asks for anything. */
  readonly empty: boolean
}

/** Somebody else has changed the stack meanwhile; what there is has to be looked at again. */
export class Overtaken extends Error {}

const orOvertaken = async <T>(doing: string, call: () => Promise<T>): Promise<T> =>
  awsCall(doing, call).catch((error: unknown) => {
    const cause = error instanceof UserError ? error.cause : error
    const gone = isAwsError(
      cause,
      ...['ChangeSetNotFound', 'ChangeSetNotFoundException', 'AlreadyExistsException'],
      ...['InvalidChangeSetStatus', 'InvalidChangeSetStatusException'],
    )
    const busy = cause instanceof Error && /_IN_PROGRESS state and can ?not be/.test(cause.message)
    throw gone || busy ? new Overtaken(doing, { cause }) : error
  })

const StackName = names.bootstrapStack
const patience = 5 * 60

const planInput = async (context: BootstrapContext, type: 'CREATE' | 'UPDATE') => {
  const { text, given } = await readWantedTemplate(context)
  return {
    StackName,
    ChangeSetName: `kiro-bootstrap-${randomUUID()}`,
    ChangeSetType: type,
    TemplateBody: text,
    Parameters: Object.entries(given).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    // What a deleted stack has left is taken in again. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
    ImportExistingResources: true,
    // A plain update is blind to what was changed by hand. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
    ...(type === 'UPDATE' ? { DeploymentMode: 'REVERT_DRIFT' as const } : {}),
  }
}

const isEmpty = (reason: string): boolean =>
  /didn't contain changes|No updates are to be performed/.test(reason)

const explainPlan = (reason: string): UserError => {
  const action = findDeniedAction(reason)
  return new UserError(`CloudFormation cannot plan the state bucket: ${reason}`, {
    hint:
      action === undefined ? 'nothing was changed' : `ask for the permission ${action}; nothing was changed`,
  })
}

/** What CloudFormation would do, by its own word. The caller discards it, or executes it. */
export const createChangeSet = async (
  context: BootstrapContext,
  type: 'CREATE' | 'UPDATE',
): Promise<ChangeSet> => {
  const { CreateChangeSetCommand, DescribeChangeSetCommand, paginateDescribeChangeSet } = await import(
    '../aws/sdk/cloudformation.ts'
  )
  const client = await openCloudFormation(context)
  const input = await planInput(context, type)
  const { Id: id = '' } = await orOvertaken('plan the stack of the state bucket', () =>
    client.send(new CreateChangeSetCommand(input)),
  )
  const done = await poll(
    context.io.signal,
    patience,
    async (): Promise<DescribeChangeSetOutput | undefined> => {
      const told = await orOvertaken('read the plan of the state bucket', () =>
        client.send(new DescribeChangeSetCommand({ StackName, ChangeSetName: id })),
      )
      return told.Status === 'CREATE_COMPLETE' || told.Status === 'FAILED' ? told : undefined
    },
    () =>
      new UserError('CloudFormation is still planning the state bucket', {
        hint: 'run the same command again',
      }),
  ).catch(async (error: unknown) => {
    await discardChangeSet(context, id)
    throw error
  })
  if (done.Status === 'FAILED') {
    await discardChangeSet(context, id)
    if (!isEmpty(done.StatusReason ?? '')) throw explainPlan(done.StatusReason ?? 'no reason given')
    return { id, changes: [], empty: true }
  }
  const changes: ResourceChange[] = []
  await orOvertaken('read the plan of the state bucket', async () => {
    // With the values, which the plain answer leaves out.
    const all = { StackName, ChangeSetName: id, IncludePropertyValues: true }
    for await (const { Changes = [] } of paginateDescribeChangeSet({ client }, all))
      changes.push(...Changes.flatMap(({ ResourceChange }) => ResourceChange ?? []))
  })
  return { id, changes: planChanges(changes), empty: false }
}

/** Leaves nothing of a plan that is not carried out, not even the empty stack that a first one brings about. */
export const discardChangeSet = async (context: BootstrapContext, id: string): Promise<void> => {
  const { DeleteChangeSetCommand, DeleteStackCommand } = await import('../aws/sdk/cloudformation.ts')
  const { findBootstrapStack } = await import('../aws/bootstrap.ts')
  const client = await openCloudFormation(context)
  await awsCall('discard the plan of the state bucket', async () => {
    await client.send(new DeleteChangeSetCommand({ StackName, ChangeSetName: id }))
    const stack = await findBootstrapStack(context.target.sdk)
    if (stack?.StackStatus === 'REVIEW_IN_PROGRESS') await client.send(new DeleteStackCommand({ StackName }))
  })
}

export const executeChangeSet = async (context: BootstrapContext, id: string): Promise<void> => {
  const { ExecuteChangeSetCommand } = await import('../aws/sdk/cloudformation.ts')
  const client = await openCloudFormation(context)
  await orOvertaken('change the stack of the state bucket', () =>
    client.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName: id })),
  )
}
