import { UserError } from '../../config/user-error.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'
import { type AnnouncedChange, judgeChangeSet } from './judge-change-set.ts'
import type { StackParameter } from './stack.ts'

const changeSet = 'kiro-sandbox-adopt'
const waiting = { maxWaitTime: 600, minDelay: 1, maxDelay: 5 }

export interface StackUpdate {
  readonly stack: string
  readonly template: string
  readonly parameters: readonly StackParameter[]
  /** Values instead of what a parameter of Systems Manager would be now. */
  readonly pins: Readonly<Record<string, string>>
}

type Sdk = typeof import('../aws/sdk/cloudformation.ts')
type Client = InstanceType<Sdk['CloudFormationClient']>

const nothingToDo = /didn't contain changes|No updates are to be performed/

const parametersOf = ({ parameters, pins }: StackUpdate) =>
  parameters.map(({ key, value, resolved }) => {
    const pinned = pins[key]
    if (pinned !== undefined) return { ParameterKey: key, ParameterValue: pinned }
    // Values that nobody may see are shown as stars; the stack itself still knows them.
    return resolved === undefined
      ? { ParameterKey: key, UsePreviousValue: true }
      : { ParameterKey: key, ParameterValue: value }
  })

/** false: there would be nothing to change. */
const announce = async (cfn: Sdk, client: Client, update: StackUpdate): Promise<boolean> => {
  const which = { StackName: update.stack, ChangeSetName: changeSet }
  // One of a run that was cut off would be in the way.
  await client.send(new cfn.DeleteChangeSetCommand(which)).catch((error: unknown) => {
    if (!isAwsError(error, 'ChangeSetNotFound', 'ChangeSetNotFoundException')) throw error
  })
  try {
    await client.send(
      new cfn.CreateChangeSetCommand({
        ...which,
        ChangeSetType: 'UPDATE',
        TemplateBody: update.template,
        Parameters: parametersOf(update),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    )
    await cfn.waitUntilChangeSetCreateComplete({ client, ...waiting }, which)
    return true
  } catch (error) {
    if (nothingToDo.test((error as Error).message)) return false
    throw error
  }
}

const listChanges = async (cfn: Sdk, client: Client, stack: string): Promise<AnnouncedChange[]> => {
  const { Changes = [] } = await client.send(
    new cfn.DescribeChangeSetCommand({ StackName: stack, ChangeSetName: changeSet }),
  )
  return Changes.flatMap(({ ResourceChange: change }) =>
    change === undefined
      ? []
      : [
          {
            logicalId: change.LogicalResourceId ?? '',
            action: change.Action ?? 'unknown',
            replacement: change.Replacement,
            scope: change.Scope ?? [],
          },
        ],
  )
}

/** The update would touch what exists: not executed. */
export class StackWouldChange extends UserError {}

/**
 * Brings a stack to a template that changes no resource. CloudFormation announces what an update does; one that
 * does more than to keep things is thrown away.
 * @throws StackWouldChange
 */
export const updateStack = async (sdk: SdkConfig, update: StackUpdate): Promise<void> => {
  const cfn = await import('../aws/sdk/cloudformation.ts')
  const client = new cfn.CloudFormationClient(sdk)
  const { stack } = update
  await awsCall(`prepare the change of ${stack}`, async () => {
    if (!(await announce(cfn, client, update))) return
    const findings = judgeChangeSet(await listChanges(cfn, client, stack))
    const which = { StackName: stack, ChangeSetName: changeSet }
    if (findings.length > 0) {
      await client.send(new cfn.DeleteChangeSetCommand(which))
      throw new StackWouldChange(
        `to keep the machine of ${stack}, CloudFormation would also ${findings.join(', ')}`,
        { hint: 'bring the stack in line with its own template first, then run this again' },
      )
    }
    await client.send(new cfn.ExecuteChangeSetCommand(which))
    await cfn.waitUntilStackUpdateComplete({ client, ...waiting }, { StackName: stack })
  })
}

/** Takes the stack away; by its id, so that none of the same name is meant. Waits until it is gone. */
export const deleteStack = async (sdk: SdkConfig, stackId: string): Promise<void> => {
  const cfn = await import('../aws/sdk/cloudformation.ts')
  const client = new cfn.CloudFormationClient(sdk)
  await awsCall(`delete the stack ${stackId}`, async () => {
    await client.send(new cfn.DeleteStackCommand({ StackName: stackId }))
    await cfn.waitUntilStackDeleteComplete({ client, ...waiting }, { StackName: stackId })
  })
}
