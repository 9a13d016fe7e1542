import { payloadType, renderExitCode } from '../../protocol/ssm/payload.ts'
import { endProgram, pidFileOf, planEnvironment, planStart, prepareAccount, startFolder } from './account.ts'
import { createLinePrefix } from './line-prefix.ts'
import { type Program, type ProgramTools, StartFailure } from './program.ts'
import type { SessionPlan } from './session-document.ts'
import { splitWords } from './words.ts'

/** Keys that mean a signal where there is no terminal that would know. */
const signals: Readonly<Record<number, string>> = { 3: 'INT', 28: 'QUIT' }

/** With one stream the agent shows the output when the command has ended, and no exit code. */
const createMouth = ({ listener }: ProgramTools, { commands }: SessionPlan) => {
  const held: Buffer[] = []
  const [out, err] = [
    createLinePrefix(commands.stdOutSeparatorPrefix),
    createLinePrefix(commands.stdErrSeparatorPrefix),
  ]
  if (!commands.separateOutputStream)
    return {
      say: (_kind: string, data: Buffer) => void held.push(Buffer.from(data)),
      end: (_code: number) => listener.say(payloadType.output, Buffer.concat(held)),
    }
  return {
    say(kind: string, data: Buffer) {
      if (kind === 'stderr') listener.say(payloadType.stdErr, err(data))
      else listener.say(payloadType.output, out(data))
    },
    end: (code: number) => listener.say(payloadType.exitCode, renderExitCode(code)),
  }
}

/** A command nobody talks with: no terminal, no input but signals. */
export const startCommand = async (tools: ProgramTools, plan: SessionPlan): Promise<Program> => {
  const { reach, instanceId, listener, programs, sessionId, log } = tools
  const words = splitWords(plan.commands.commands)
  if (words.length === 0) throw new StartFailure('Unable to start command: it is empty')
  const account = await prepareAccount(tools, plan)
  const mouth = createMouth(tools, plan)
  const attached = await reach.attach(instanceId, planStart(tools, account, words), {
    terminal: false,
    env: planEnvironment(account),
    folder: startFolder,
    onData: mouth.say,
  })
  attached.ended.then(
    (code) => {
      mouth.end(code)
      listener.end('')
    },
    (error: Error) => listener.end(error.message),
  )
  const signal = (name: string) => {
    const argv = ['sh', '-c', programs.signal, 'signal', pidFileOf(sessionId), name]
    reach
      .run(instanceId, argv)
      .catch((error: Error) => log(`session ${sessionId}: no ${name}: ${error.message}`))
  }
  return {
    input(data) {
      for (const byte of data) if (signals[byte] !== undefined) signal(signals[byte])
    },
    resize: () => {},
    flag: () => {},
    pause: attached.pause,
    resume: attached.resume,
    async kill() {
      await endProgram(tools)
      attached.leave()
    },
  }
}
