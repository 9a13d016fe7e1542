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

/** Milliseconds. The engine passes a size on after it has said that it is set, and now and then not at all: it is told twice. */
const settling = 50

/** Times 25 ms: starting a program takes seconds on a busy machine. */
const mostTries = 400

/**
 * The engine takes no size before the program runs, and says only by refusing that it does not. One size at a time,
 * and always the latest: one that is tried again must not undo the one after it.
 */
const createResizer = (attached: Attached, log: (line: string) => void) => {
  let wanted: TerminalSize | undefined
  let working: Promise<void> | undefined
  const work = async (): Promise<void> => {
    for (let tries = 0; wanted !== undefined; tries += 1) {
      const size = wanted
      try {
        await attached.resize(size)
        await delay(settling)
        await attached.resize(size)
        if (wanted === size) wanted = undefined
      } catch (error) {
        if (tries >= mostTries) throw error
        await delay(25)
      }
    }
  }
  /** Resolves when the engine has taken this one or a later one. */
  return (size: TerminalSize): Promise<void> => {
    // A new object: the same size again is a new wish.
    wanted = { ...size }
    working ??= work()
      .catch((error: Error) => log(error.message))
      .finally(() => {
        working = undefined
      })
    return working
  }
}

/**
 * What the engine takes as the size of a terminal that it is still opening can be lost. So it is told again once
 * the program has said its first word, and nobody hears that word before.
 */
const createMouth = (say: (data: Buffer) => void) => {
  let held: Buffer[] | undefined = []
  let onFirst = () => {}
  const first = new Promise<void>((resolve) => {
    onFirst = resolve
  })
  return {
    first,
    say(data: Buffer): void {
      // The reader may use its memory again.
      if (held === undefined) say(data)
      else held.push(Buffer.from(data))
      onFirst()
    },
    open(): void {
      const said = held ?? []
      held = undefined
      if (said.length > 0) say(Buffer.concat(said))
    },
  }
}

/** A shell, or a command that talks with a person, in a terminal. @param size what the client has asked for so far */
export const startTerminal = async (
  tools: ProgramTools,
  plan: SessionPlan,
  size: TerminalSize | undefined,
): Promise<Program> => {
  const { reach, instanceId, listener, log, sessionId } = tools
  const mouth = createMouth((data) => listener.say(payloadType.output, data))
  let latest = size ?? usualSize
  const account = await prepareAccount(tools, plan)
  const attached = await reach.attach(instanceId, planStart(tools, account, planArgv(plan)), {
    terminal: true,
    env: [...planEnvironment(account), 'TERM=xterm-256color'],
    folder: startFolder,
    onData: (_kind, data) => mouth.say(data),
  })
  const resize = createResizer(attached, (line) => log(`session ${sessionId}: ${line}`))
  void resize(latest)
  void mouth.first.then(() => resize(latest)).finally(mouth.open)
  if (plan.sessionType === 'Standard_Stream' && plan.shellProfile !== '')
    attached.write(Buffer.from(`${plan.shellProfile}\n`))
  attached.ended.finally(mouth.open).then(
    () => listener.end(''),
    (error: Error) => listener.end(error.message),
  )
  // Sizes go another way than keys: a key that was struck after the window had grown must not overtake its size.
  let resizing: Promise<void> | undefined
  return {
    input(data) {
      if (resizing === undefined) attached.write(data)
      else void resizing.then(() => attached.write(data))
    },
    resize(next) {
      latest = next
      const mine = resize(next).then(() => {
        if (resizing === mine) resizing = undefined
      })
      resizing = mine
    },
    flag: () => {},
    pause: attached.pause,
    resume: attached.resume,
    async kill() {
      await endProgram(tools)
      attached.leave()
    },
  }
}
