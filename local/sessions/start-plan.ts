import type { TerminalSize } from '../../protocol/ssm/payload.ts'
import { planClientFeatures } from '../../protocol/ssm/version.ts'
import { startCommand } from './command.ts'
import { findDestination } from './destination.ts'
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

/** @param clientVersion of the handshake; with an old one there is one connection at a time */
export const startPlan = async (
  tools: ProgramTools,
  plan: SessionPlan,
  clientVersion: string,
  size: TerminalSize | undefined,
): Promise<Program> => {
  const { sessionType, properties } = plan
  if (sessionType === 'NonInteractiveCommands') return startCommand(tools, plan)
  if (sessionType !== 'Port') return startTerminal(tools, plan, size)
  const destination = await findDestination(
    tools,
    String(properties.host ?? ''),
    parsePort(properties.portNumber),
  )
  const many = properties.type === 'LocalPortForwarding' && planClientFeatures(clientVersion).multiplex
  return many ? startForwarding(tools, destination) : startRawPort(tools, destination)
}
