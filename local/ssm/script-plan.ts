import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command, Invocation } from './command.ts'

/** The shell programs of this room, as text: they run in a guest, which holds nothing of ours. */
export interface Programs {
  readonly run: string
  readonly supervise: string
  readonly read: string
  readonly cancel: string
}

export const readPrograms = (root: string): Programs => {
  const read = (name: string) => readFileSync(join(root, 'local', 'ssm', name), 'utf8')
  return {
    run: read('run-script.sh'),
    supervise: read('supervise-script.sh'),
    read: read('read-result.sh'),
    cancel: read('cancel-script.sh'),
  }
}

/** Where the agent keeps its documents. */
export const agentFolder = '/var/lib/amazon/ssm'

/** As amazon-ssm-agent lays it out for AWS-RunShellScript. */
export const planFolder = (base: string, commandId: string, instanceId: string): string =>
  `${base}/${instanceId}/document/orchestration/${commandId}/awsrunShellScript/0.awsrunShellScript`

/** amazon-ssm-agent.service has WorkingDirectory=/usr/bin; a relative path, too, ends up there. */
const agentDirectory = '/usr/bin'

const planDirectory = ({ parameters }: Command): string => {
  const asked = parameters.workingDirectory?.[0] ?? ''
  return asked.startsWith('/') ? asked : agentDirectory
}

export interface Platform {
  readonly name: string
  readonly version: string
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-shell-scripts.html; PATH is systemd's. */
const planEnvironment = (command: Command, instanceId: string, platform: Platform): string[] => [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin',
  'LANG=C.UTF-8',
  `SSM_COMMAND_ID=${command.commandId}`,
  `AWS_SSM_INSTANCE_ID=${instanceId}`,
  `AWS_SSM_REGION_NAME=${command.region}`,
  `AWS_SSM_PLATFORM_NAME=${platform.name}`,
  `AWS_SSM_PLATFORM_VERSION=${platform.version}`,
]

export interface ScriptRun {
  readonly argv: readonly string[]
  readonly stdin: Buffer
}

export const planRun = (
  programs: Programs,
  base: string,
  command: Command,
  { instanceId }: Invocation,
  platform: Platform,
): ScriptRun => {
  const stdin = Buffer.from(`${(command.parameters.commands ?? []).join('\n')}\n`)
  const folder = planFolder(base, command.commandId, instanceId)
  const [seconds, directory] = [String(command.executionSeconds), planDirectory(command)]
  const texts = [programs.supervise, programs.read]
  const environment = planEnvironment(command, instanceId, platform)
  const rest = [folder, String(stdin.length), seconds, directory, ...environment]
  return { argv: ['sh', '-c', programs.run, 'run', ...texts, ...rest], stdin }
}
