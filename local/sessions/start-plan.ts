import type { TerminalSize } from '../../protocol/ssm/payload.ts'
import { planClientFeatures } from '../../protocol/ssm/version.ts'
import { startCommand } from './command.ts'
import { startForwarding } from './forwarding.ts'
import { startRawPort } from './port.ts'
import { type Program, type ProgramTools, StartFailure } from './program.ts'
import type { SessionPlan } from './session-document.ts'
import { startTerminal } from './terminal.ts'

const parsePort = (value: unknown): number => {
  const port = Number(value)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new StartFailure(`Port number ${String(value)} is not one.`)
}

/** A guest has no network but its own: what is not itself cannot be reached from it. */
const refuseRemote = (host: unknown): void => {
  if (host === undefined || host === '') return
  throw new StartFailure(
    /^(localhost|127\.|::1$)/.test(String(host))
      ? `Forwarding to IP address ${String(host)} is forbidden.`
      : `Connection to destination port failed: machines of the local target reach no other host, and so not ${String(host)}.`,
  )
}

/** @param clientVersion of the handshake; with an old one there is one connection at a time */
export const startPlan = (
  tools: ProgramTools,
  plan: SessionPlan,
  clientVersion: string,
  size: TerminalSize | undefined,
): Promise<Program> => {
  const { sessionType, properties } = plan
  if (sessionType === 'NonInteractiveCommands') return startCommand(tools, plan)
  if (sessionType !== 'Port') return startTerminal(tools, plan, size)
  refuseRemote(properties.host)
  const port = parsePort(properties.portNumber)
  const many = properties.type === 'LocalPortForwarding' && planClientFeatures(clientVersion).multiplex
  return many ? startForwarding(tools, port) : startRawPort(tools, port)
}
