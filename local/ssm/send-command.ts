import * as z from 'zod'
import { notHere, Refusal } from '../gateway/json-api.ts'
import type { Command, Invocation } from './command.ts'
import { isRunShellScript, refuseVersion } from './documents.ts'
import { instanceId, target } from './input.ts'
import { findTargets, type Reachable } from './targets.ts'

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html */
export const sendCommand = z.object({
  DocumentName: z.string().regex(/^[a-zA-Z0-9_\-.:/]{3,128}$/),
  DocumentVersion: z
    .string()
    .regex(/([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)/)
    .optional(),
  DocumentHash: z.string().max(256).optional(),
  InstanceIds: z.array(instanceId).max(50).default([]),
  Targets: z.array(target).max(5).default([]),
  TimeoutSeconds: z.number().int().min(30).max(2_592_000).default(3600),
  Comment: z.string().max(100).default(''),
  Parameters: z.record(z.string(), z.array(z.string())).default({}),
  MaxConcurrency: z
    .string()
    .regex(/^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$/)
    .default('50'),
  MaxErrors: z
    .string()
    .regex(/^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$/)
    .default('0'),
  OutputS3BucketName: z.string().optional(),
  OutputS3KeyPrefix: z.string().max(500).default(''),
  ServiceRoleArn: z.string().optional(),
  NotificationConfig: z.looseObject({ NotificationArn: z.string().optional() }).optional(),
  CloudWatchOutputConfig: z.looseObject({ CloudWatchOutputEnabled: z.boolean().optional() }).optional(),
  AlarmConfiguration: z.unknown().optional(),
})
type Input = z.output<typeof sendCommand>

const refuseUnsupported = (input: Input): void => {
  if (input.OutputS3BucketName) throw notHere('writing the output of commands to S3 (OutputS3BucketName)')
  if (input.CloudWatchOutputConfig?.CloudWatchOutputEnabled)
    throw notHere('writing the output of commands to CloudWatch Logs (CloudWatchOutputConfig)')
  if (input.NotificationConfig?.NotificationArn || input.ServiceRoleArn)
    throw notHere('notifications about commands (NotificationConfig, ServiceRoleArn)')
  if (input.AlarmConfiguration !== undefined && input.AlarmConfiguration !== null)
    throw notHere('alarms that stop commands (AlarmConfiguration)')
  if (input.DocumentHash) throw notHere('comparing a document with a hash (DocumentHash)')
}

const refuseDocument = ({ DocumentName, DocumentVersion }: Input): void => {
  if (!isRunShellScript(DocumentName))
    throw new Refusal(
      'InvalidDocument',
      `Document with name ${DocumentName} does not exist. The local target runs AWS-RunShellScript only.`,
    )
  refuseVersion(DocumentVersion)
}

/** Of the document: five digits up to 172800. */
const timeoutPattern = /^([1-9][0-9]{0,4}|1[0-6][0-9]{4}|17[0-1][0-9]{3}|172[0-7][0-9]{2}|172800)$/
const defaultExecution = 3600
/** Below this the agent takes its default (agent/plugins/pluginutil). */
const shortestExecution = 5

/** Seconds. */
const parseExecution = (given: readonly string[] | undefined): number => {
  const [text, ...more] = given ?? [String(defaultExecution)]
  if (text === undefined || more.length > 0 || !timeoutPattern.test(text))
    throw new Refusal('InvalidParameters', 'executionTimeout must be a number of seconds up to 172800.')
  return Number(text) < shortestExecution ? defaultExecution : Number(text)
}

const refuseParameters = ({ Parameters }: Input): void => {
  const unknown = Object.keys(Parameters).filter(
    (name) => !['commands', 'workingDirectory', 'executionTimeout'].includes(name),
  )
  if (unknown.length > 0)
    throw new Refusal('InvalidParameters', `The document has no parameter [${unknown.join(', ')}].`)
  if ((Parameters.commands ?? []).length === 0)
    throw new Refusal('InvalidParameters', 'A value is required for the parameter [commands].')
  if ((Parameters.workingDirectory ?? []).length > 1)
    throw new Refusal('InvalidParameters', 'workingDirectory takes one value.')
}

const planInvocation = ({ machine }: Reachable): Invocation => ({
  instanceId: machine.instanceId,
  instanceName: machine.tags.Name ?? '',
  status: 'Pending',
  details: 'Pending',
  responseCode: -1,
  startedAt: null,
  endedAt: null,
})

export interface Circumstances {
  readonly commandId: string
  readonly region: string
  readonly accountId: string
  readonly now: number
  /** All that SSM knows in this region. */
  readonly machines: readonly Reachable[]
}

/** What is asked for, when it can be done. Throws what AWS would answer otherwise. */
export const planCommand = (
  input: Input,
  { commandId, region, accountId, now, machines }: Circumstances,
): Command => {
  refuseDocument(input)
  refuseUnsupported(input)
  refuseParameters(input)
  const found = findTargets(input, machines, accountId)
  return {
    commandId,
    region,
    documentVersion: input.DocumentVersion ?? '$DEFAULT',
    comment: input.Comment,
    parameters: input.Parameters,
    instanceIds: input.InstanceIds,
    targets: input.Targets,
    requestedAt: now,
    timeoutSeconds: input.TimeoutSeconds,
    executionSeconds: parseExecution(input.Parameters.executionTimeout),
    maxConcurrency: input.MaxConcurrency,
    maxErrors: input.MaxErrors,
    outputS3KeyPrefix: input.OutputS3KeyPrefix,
    cancelled: false,
    invocations: found.map(planInvocation),
  }
}
