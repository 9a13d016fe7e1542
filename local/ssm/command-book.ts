import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, isOpen } from './command.ts'
import { noOutput, type Output } from './outcome.ts'
import { writeWhole } from './write-file.ts'

/** Every command with what became of it: in memory, and one file each, so that a kill -9 costs nothing. */
export interface CommandBook {
  find(commandId: string): Command | undefined
  /** Newest first. */
  list(): readonly Command[]
  put(command: Command): void
  readOutput(commandId: string, instanceId: string): Output
  writeOutput(commandId: string, instanceId: string, output: Output): void
}

/** AWS keeps commands 30 days; the number is ours. */
const longest = 30 * 24 * 3_600_000
const most = 1000

/** Those to forget. A command that still runs is kept, however old. */
export const planPrune = (newestFirst: readonly Command[], now: number): readonly Command[] =>
  newestFirst.filter(
    (command, index) => !isOpen(command) && (index >= most || now - command.requestedAt > longest),
  )

const commandFile = /^[0-9a-f-]{36}\.json$/

const load = (folder: string, log: (line: string) => void): Command[] =>
  readdirSync(folder)
    .filter((name) => commandFile.test(name))
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(folder, name), 'utf8')) as Command]
      } catch (error) {
        log(`${join(folder, name)} is left out: ${(error as Error).message}`)
        return []
      }
    })
    .sort((a, b) => a.requestedAt - b.requestedAt)

export const openCommandBook = (
  folder: string,
  now: () => number,
  log: (line: string) => void,
): CommandBook => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Insertion order is age.
  const commands = new Map(load(folder, log).map((command) => [command.commandId, command]))
  const newestFirst = () => [...commands.values()].reverse()
  const outputFile = (commandId: string, instanceId: string) =>
    join(folder, `${commandId}.${instanceId}.output`)

  /** A full disk ends no command; what could not be written is lost with the process. */
  const write = (file: string, value: unknown) => {
    try {
      writeWhole(file, JSON.stringify(value))
    } catch (error) {
      log(`${file} cannot be written: ${(error as Error).message}`)
    }
  }
  const prune = () => {
    for (const { commandId, invocations } of planPrune(newestFirst(), now())) {
      commands.delete(commandId)
      rmSync(join(folder, `${commandId}.json`), { force: true })
      for (const { instanceId } of invocations) rmSync(outputFile(commandId, instanceId), { force: true })
    }
  }
  prune()
  return {
    find: (commandId) => commands.get(commandId),
    list: newestFirst,
    put(command) {
      const isNew = !commands.has(command.commandId)
      commands.set(command.commandId, command)
      write(join(folder, `${command.commandId}.json`), command)
      if (isNew) prune()
    },
    readOutput(commandId, instanceId) {
      try {
        return JSON.parse(readFileSync(outputFile(commandId, instanceId), 'utf8')) as Output
      } catch {
        return noOutput // There is none before the end.
      }
    },
    writeOutput: (commandId, instanceId, output) => write(outputFile(commandId, instanceId), output),
  }
}
