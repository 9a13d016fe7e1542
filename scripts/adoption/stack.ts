import type { Stack } from '@aws-sdk/client-cloudformation'
import { UserError } from '../../config/user-error.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'
import type { StackResource } from './fates.ts'

export interface StackParameter {
  readonly key: string
  readonly value: string
  /** Of a parameter of Systems Manager: what it was when the stack was made or changed. */
  readonly resolved?: string | undefined
}

/** A CloudFormation stack, as far as a takeover needs to know it. */
export interface FoundStack {
  readonly id: string
  readonly name: string
  readonly template: string
  readonly parameters: readonly StackParameter[]
  readonly resources: readonly StackResource[]
}

const settled = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE'])

/** @throws UserError when a stack in this state should not be touched */
export const checkStack = ({
  StackName: name,
  StackStatus,
  StackStatusReason: reason,
  EnableTerminationProtection: guarded,
}: Pick<Stack, 'StackName' | 'StackStatus' | 'StackStatusReason' | 'EnableTerminationProtection'>): void => {
  const status: string = StackStatus ?? 'unknown'
  if (status.endsWith('_IN_PROGRESS'))
    throw new UserError(`the stack ${name} is in ${status}: somebody is changing it`, {
      hint: 'wait until that is done, then run the same command again',
    })
  if (!settled.has(status))
    throw new UserError(`the stack ${name} is in ${status}: ${reason ?? 'no reason given'}`, {
      hint: `aws cloudformation describe-stack-events --stack-name ${name}; mend it first, then run this again`,
    })
  if (guarded === true)
    throw new UserError(`the stack ${name} is protected from deletion, which a takeover ends with`, {
      hint: `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name}`,
    })
}

/** undefined: there is no such stack. By its id also one that was deleted. */
export const describeStack = async (sdk: SdkConfig, nameOrId: string): Promise<Stack | undefined> => {
  const { CloudFormationClient, DescribeStacksCommand } = await import('../aws/sdk/cloudformation.ts')
  try {
    const answer = await new CloudFormationClient(sdk).send(
      new DescribeStacksCommand({ StackName: nameOrId }),
    )
    return answer.Stacks?.[0]
  } catch (error) {
    // CloudFormation has no name of its own for "no such stack".
    if (isAwsError(error, 'ValidationError') && /does not exist/.test((error as Error).message))
      return undefined
    return awsCall(`look at the stack ${nameOrId}`, () => Promise.reject(error))
  }
}

export const readTemplate = async (sdk: SdkConfig, stack: string): Promise<string> => {
  const { CloudFormationClient, GetTemplateCommand } = await import('../aws/sdk/cloudformation.ts')
  const { TemplateBody = '' } = await awsCall(`read the template of ${stack}`, () =>
    new CloudFormationClient(sdk).send(
      new GetTemplateCommand({ StackName: stack, TemplateStage: 'Original' }),
    ),
  )
  // What was sent as JSON may come back as an object.
  return typeof TemplateBody === 'string' ? TemplateBody : JSON.stringify(TemplateBody)
}

export const readStack = async (sdk: SdkConfig, stack: string): Promise<FoundStack> => {
  const found = await describeStack(sdk, stack)
  if (found === undefined)
    throw new UserError(`there is no stack ${stack} in ${sdk.region}`, {
      hint: 'aws cloudformation list-stacks --stack-status-filter CREATE_COMPLETE UPDATE_COMPLETE',
    })
  checkStack(found)
  const { CloudFormationClient, DescribeStackResourcesCommand } = await import('../aws/sdk/cloudformation.ts')
  const [template, { StackResources = [] }] = await Promise.all([
    readTemplate(sdk, stack),
    awsCall(`list the resources of ${stack}`, () =>
      new CloudFormationClient(sdk).send(new DescribeStackResourcesCommand({ StackName: stack })),
    ),
  ])
  return {
    id: found.StackId ?? '',
    name: found.StackName ?? stack,
    template,
    parameters: (found.Parameters ?? []).map(
      ({ ParameterKey = '', ParameterValue = '', ResolvedValue: resolved }) => ({
        ...{ key: ParameterKey, value: ParameterValue, resolved },
      }),
    ),
    resources: StackResources.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE').map(
      ({ LogicalResourceId = '', ResourceType = '', PhysicalResourceId = '' }) => ({
        ...{ logicalId: LogicalResourceId, type: ResourceType, physicalId: PhysicalResourceId },
      }),
    ),
  }
}
