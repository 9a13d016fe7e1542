import { expectReply, type Wire } from './wire.ts'

/** What the engine takes to prepare a program, as its API has it. https://docs.docker.com/reference/api/engine/ */
export interface ExecRequest {
  readonly Cmd: readonly string[]
  readonly User: string
  readonly AttachStdin: boolean
  readonly Tty: boolean
  readonly Env?: readonly string[]
  readonly WorkingDir?: string
}

/** Prepares a program inside a running container; its id. Both of its output streams are wanted always. */
export const createExec = async (wire: Wire, container: string, request: ExecRequest): Promise<string> => {
  const reply = await wire.ask('POST', `/containers/${container}/exec`, {
    ...request,
    ...{ AttachStdout: true, AttachStderr: true },
  })
  return (JSON.parse(expectReply(`run ${request.Cmd[0]}`, reply).toString()) as { Id: string }).Id
}

interface ExecState {
  readonly Running: boolean
  readonly ExitCode: number
}

/** The streams may close a moment before the engine has noted the exit code. */
export const findExitCode = async (wire: Wire, exec: string): Promise<number> => {
  for (let attempt = 0; ; attempt += 1) {
    const reply = await wire.ask('GET', `/exec/${exec}/json`)
    const state = JSON.parse(expectReply('look at a program', reply).toString()) as ExecState
    if (!state.Running) return state.ExitCode
    await new Promise((resolve) => setTimeout(resolve, Math.min(5 * 2 ** attempt, 500)))
  }
}
