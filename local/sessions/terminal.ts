import { setTimeout as delay } from 'node:timers/promises'
import { payloadType, type TerminalSize } from '../../protocol/ssm/payload.ts'
import type { Attached } from '../engine/attach.ts'
import { endProgram, planEnvironment, planStart, prepareAccount, startFolder } from './account.ts'
import type { Program, ProgramTools } from './program.ts'
import type { SessionPlan } from './session-document.ts'

/** Until the client has said how large its own is. */
const usualSize: TerminalSize = { cols: 80, rows: 24 }

const planArgv = ({ sessionType, commands }: SessionPlan): string[] =>
  sessionType === 'Standard_Stream' ? ['sh'] : ['sh', '-c', commands.commands]

/** Times 25 ms: starting a program takes seconds on a busy machine. */
const mostTries = 400

/**
 * The engine takes no size before the program runs, and says only by refusing that it does not. One size at a time,
 * and always the latest: one that is tried again must not undo the one after it.
 */
const createResizer = (attached: Attached, log: (line: string) => void) => {
  let wanted: TerminalSize | undefined
  let busy = false
  const work = async (): Promise<void> => {
    for (let tries = 0; wanted !== undefined; tries += 1) {
      const size = wanted
      try {
        await attached.resize(size)
        if (wanted === size) wanted = undefined
      } catch (error) {
        if (tries >= mostTries) throw error
        await delay(25)
      }
    }
  }
  return (size: TerminalSize): void => {
    wanted = size
    if (busy) return
    busy = true
    work()
      .catch((error: Error) => log(error.message))
      .finally(() => {
        busy = false
      })
  }
}

/** A shell, or a command that talks with a person, in a terminal. @param size what the client has asked for so far */
export const startTerminal = async (
  tools: ProgramTools,
  plan: SessionPlan,
  size: TerminalSize | undefined,
): Promise<Program> => {
  const { reach, instanceId, listener, log, sessionId } = tools
  const account = await prepareAccount(tools, plan)
  const attached = await reach.attach(instanceId, planStart(tools, account, planArgv(plan)), {
    terminal: true,
    env: [...planEnvironment(account), 'TERM=xterm-256color'],
    folder: startFolder,
    onData: (_kind, data) => listener.say(payloadType.output, data),
  })
  const resize = createResizer(attached, (line) => log(`session ${sessionId}: ${line}`))
  resize(size ?? usualSize)
  if (plan.sessionType === 'Standard_Stream' && plan.shellProfile !== '')
    attached.write(Buffer.from(`${plan.shellProfile}\n`))
  attached.ended.then(
    () => listener.end(''),
    (error: Error) => listener.end(error.message),
  )
  return {
    input: (data) => void attached.write(data),
    resize,
    flag: () => {},
    pause: attached.pause,
    resume: attached.resume,
    async kill() {
      await endProgram(tools)
      attached.leave()
    },
  }
}
