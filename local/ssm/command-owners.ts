import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { answerJson, Refusal } from '../gateway/json-api.ts'
import type { Owners } from '../gateway/owners.ts'
import type { Agents } from './agents.ts'
import { type Command, decideStatus, type Invocation, isOpen, pluginName } from './command.ts'
import type { CommandBook } from './command-book.ts'
import { isAskedFor, matchesAll } from './command-filters.ts'
import { commandFilters, commandId, commandPage, instanceId } from './input.ts'
import { planPage } from './page.ts'
import { renderCommand, renderInvocation, renderInvocationResult } from './render-command.ts'
import type { Runner } from './runner.ts'
import { planCommand, sendCommand } from './send-command.ts'

const listCommands = z.object({
  CommandId: commandId.optional(),
  InstanceId: instanceId.optional(),
  MaxResults: commandPage,
  NextToken: z.string().optional(),
  Filters: commandFilters,
})
const listCommandInvocations = listCommands.extend({ Details: z.boolean().default(false) })
const getCommandInvocation = z.object({
  CommandId: commandId,
  InstanceId: instanceId,
  PluginName: z.string().min(4).optional(),
})
const cancelCommand = z.object({ CommandId: commandId, InstanceIds: z.array(instanceId).max(50).default([]) })

export interface CommandDeps {
  readonly agents: Agents
  readonly book: CommandBook
  readonly runner: Runner
  readonly now: () => number
}

const findInvocation = (command: Command | undefined, instance: string): Invocation | undefined =>
  command?.invocations.find((invocation) => invocation.instanceId === instance)

/** The machines whose part of a command is to be cancelled; none named are all. */
const planCancel = (command: Command, named: readonly string[]): readonly string[] => {
  if (new Set(named).size < named.length)
    throw new Refusal('DuplicateInstanceId', 'You cannot specify an instance ID in more than one place.')
  const strange = named.find((id) => findInvocation(command, id) === undefined)
  if (strange !== undefined) throw new Refusal('InvalidInstanceId', `The command was not sent to ${strange}.`)
  return named.length > 0 ? named : command.invocations.map((invocation) => invocation.instanceId)
}

const createSend = ({ agents, book, runner, now }: CommandDeps) =>
  answerJson(sendCommand, (input, { call, principal }) => {
    const command = planCommand(input, {
      commandId: randomUUID(),
      region: call.region,
      accountId: principal.accountId,
      now: now(),
      machines: agents.list(call.region),
    })
    book.put(command)
    runner.advance(command.commandId)
    // Even when it is on its way by now: AWS answers Pending.
    return { Command: renderCommand(command) }
  })

const createLists = ({ book }: CommandDeps): Owners => ({
  'ssm/ListCommands': answerJson(listCommands, (input, { call }) => {
    const matches = matchesAll(input.Filters)
    const found = book
      .list()
      .filter(isAskedFor(call.region, input))
      .filter((command) => matches({ ...decideStatus(command), requestedAt: command.requestedAt }))
    const { items, next } = planPage(found, input.MaxResults, input.NextToken)
    return { Commands: items.map(renderCommand), ...next }
  }),
  'ssm/ListCommandInvocations': answerJson(listCommandInvocations, (input, { call }) => {
    const matches = matchesAll(input.Filters)
    const found = book
      .list()
      .filter(isAskedFor(call.region, input))
      .flatMap((command) => command.invocations.map((invocation) => ({ command, invocation })))
      .filter(
        ({ invocation }) => input.InstanceId === undefined || invocation.instanceId === input.InstanceId,
      )
      .filter(({ command, invocation }) => matches({ ...invocation, requestedAt: command.requestedAt }))
    const { items, next } = planPage(found, input.MaxResults, input.NextToken)
    const outputOf = (command: Command, invocation: Invocation) =>
      input.Details ? book.readOutput(command.commandId, invocation.instanceId) : undefined
    return {
      CommandInvocations: items.map(({ command, invocation }) =>
        renderInvocation(command, invocation, outputOf(command, invocation)),
      ),
      ...next,
    }
  }),
})

const refusePlugin = (name: string | undefined): void => {
  if (name !== undefined && name !== pluginName && name !== '0.aws:runShellScript')
    throw new Refusal('InvalidPluginName', `The plugin name ${name} is not valid.`)
}

/** Commands: sent, watched, listed, cancelled. */
export const createCommandOwners = (deps: CommandDeps): Owners => {
  const { book, runner } = deps
  const find = (id: string, region: string): Command | undefined => {
    const command = book.find(id)
    return command?.region === region ? command : undefined
  }
  return {
    'ssm/SendCommand': createSend(deps),
    ...createLists(deps),
    'ssm/GetCommandInvocation': answerJson(getCommandInvocation, (input, { call }) => {
      const command = find(input.CommandId, call.region)
      const invocation = findInvocation(command, input.InstanceId)
      if (command === undefined || invocation === undefined)
        throw new Refusal('InvocationDoesNotExist', 'The command was not sent to this instance.')
      refusePlugin(input.PluginName)
      return renderInvocationResult(command, invocation, book.readOutput(input.CommandId, input.InstanceId))
    }),
    'ssm/CancelCommand': answerJson(cancelCommand, (input, { call }) => {
      const command = find(input.CommandId, call.region)
      if (command === undefined)
        throw new Refusal('InvalidCommandId', `There is no command ${input.CommandId}.`)
      const instances = planCancel(command, input.InstanceIds)
      // A command that has ended keeps its end.
      if (input.InstanceIds.length === 0 && isOpen(command)) book.put({ ...command, cancelled: true })
      runner.cancel(command.commandId, instances)
      return {}
    }),
  }
}
