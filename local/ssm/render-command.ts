import {
  type Command,
  countInvocations,
  decideStatus,
  type Invocation,
  pluginName,
  runShellScript,
} from './command.ts'
import type { Output } from './outcome.ts'
import { renderSummary } from './output.ts'

/** Milliseconds to what AWS JSON 1.1 calls a timestamp. */
const renderTime = (milliseconds: number): number => milliseconds / 1000

/** `PT1H0.271S`, as Java writes durations. */
export const renderDuration = (milliseconds: number): string => {
  const hours = Math.floor(milliseconds / 3_600_000)
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000)
  const seconds = (milliseconds % 60_000) / 1000
  const parts = [
    hours > 0 ? `${hours}H` : '',
    minutes > 0 ? `${minutes}M` : '',
    seconds > 0 ? `${seconds}S` : '',
  ]
  return `PT${parts.join('') || '0S'}`
}

const nothingSent = {
  ServiceRole: '',
  NotificationConfig: { NotificationArn: '', NotificationEvents: [], NotificationType: '' },
  CloudWatchOutputConfig: { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Command.html */
export const renderCommand = (command: Command) => {
  const { status, details } = decideStatus(command)
  const { targets, completed, errors, deliveryTimedOut } = countInvocations(command)
  return {
    CommandId: command.commandId,
    DocumentName: runShellScript,
    DocumentVersion: command.documentVersion,
    Comment: command.comment,
    ExpiresAfter: renderTime(
      command.requestedAt + (command.timeoutSeconds + command.executionSeconds) * 1000,
    ),
    Parameters: command.parameters,
    InstanceIds: command.instanceIds,
    Targets: command.targets,
    RequestedDateTime: renderTime(command.requestedAt),
    Status: status,
    StatusDetails: details,
    OutputS3Region: '',
    OutputS3BucketName: '',
    OutputS3KeyPrefix: command.outputS3KeyPrefix,
    MaxConcurrency: command.maxConcurrency,
    MaxErrors: command.maxErrors,
    TargetCount: targets,
    CompletedCount: completed,
    ErrorCount: errors,
    DeliveryTimedOutCount: deliveryTimedOut,
    ...nothingSent,
    TimeoutSeconds: command.timeoutSeconds,
  }
}

const renderIso = (milliseconds: number | null): string =>
  milliseconds === null ? '' : new Date(milliseconds).toISOString()

/** The agent says when a script began only together with its end. */
const renderTimes = ({ startedAt, endedAt }: Invocation) =>
  startedAt === null || endedAt === null
    ? { ExecutionStartDateTime: '', ExecutionElapsedTime: '', ExecutionEndDateTime: '' }
    : {
        ExecutionStartDateTime: renderIso(startedAt),
        ExecutionElapsedTime: renderDuration(Math.max(0, endedAt - startedAt)),
        ExecutionEndDateTime: renderIso(endedAt),
      }

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html */
export const renderInvocationResult = (command: Command, invocation: Invocation, output: Output) => ({
  CommandId: command.commandId,
  InstanceId: invocation.instanceId,
  Comment: command.comment,
  DocumentName: runShellScript,
  DocumentVersion: command.documentVersion,
  PluginName: pluginName,
  ResponseCode: invocation.responseCode,
  ...renderTimes(invocation),
  Status: invocation.status,
  StatusDetails: invocation.details,
  StandardOutputContent: output.stdout,
  StandardOutputUrl: '',
  StandardErrorContent: output.stderr,
  StandardErrorUrl: '',
  CloudWatchOutputConfig: nothingSent.CloudWatchOutputConfig,
})

const renderPlugin = (command: Command, invocation: Invocation, { stdout, stderr }: Output) => ({
  Name: pluginName,
  // A plugin is never Cancelling.
  Status: invocation.status === 'Cancelling' ? 'InProgress' : invocation.status,
  StatusDetails: invocation.details,
  ResponseCode: invocation.responseCode,
  ...(invocation.startedAt === null ? {} : { ResponseStartDateTime: renderTime(invocation.startedAt) }),
  ...(invocation.endedAt === null ? {} : { ResponseFinishDateTime: renderTime(invocation.endedAt) }),
  Output: renderSummary(stdout, stderr, invocation.responseCode),
  StandardOutputUrl: '',
  StandardErrorUrl: '',
  OutputS3Region: command.region,
  OutputS3BucketName: '',
  OutputS3KeyPrefix: command.outputS3KeyPrefix,
})

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CommandInvocation.html */
export const renderInvocation = (command: Command, invocation: Invocation, output: Output | undefined) => ({
  CommandId: command.commandId,
  InstanceId: invocation.instanceId,
  InstanceName: invocation.instanceName,
  Comment: command.comment,
  DocumentName: runShellScript,
  DocumentVersion: command.documentVersion,
  RequestedDateTime: renderTime(command.requestedAt),
  Status: invocation.status,
  StatusDetails: invocation.details,
  TraceOutput: '',
  StandardOutputUrl: '',
  StandardErrorUrl: '',
  CommandPlugins: output === undefined ? [] : [renderPlugin(command, invocation, output)],
  ...nothingSent,
})
