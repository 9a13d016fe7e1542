import { UserError } from '../../config/user-error.ts'

export interface Reply {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface AskOptions {
  readonly env: NodeJS.ProcessEnv
  /** A program that hangs must not hang us: 30 s unless told. */
  readonly seconds?: number
  readonly cwd?: string
  /** In a session of its own: it cannot reach the terminal, nor does Ctrl-C there reach it. */
  readonly apart?: AbortSignal
}

/** Runs a program to its end and hands back what it said; its exit code is for the caller to judge. */
export const askProgram = async (
  program: string,
  args: readonly string[],
  { env, seconds = 30, cwd, apart }: AskOptions,
): Promise<Reply> => {
  // zx takes a while to load, and with a warm cache nobody comes here.
  const { $ } = await import('zx/core')
  // Without bash zx answers every call with an empty failure, and everything would look missing.
  if (typeof $.shell !== 'string')
    throw new UserError('bash is not on PATH', { hint: 'install bash, e.g. sudo apk add bash' })
  const shell = $({
    env: env as Record<string, string>,
    nothrow: true,
    quiet: true,
    timeout: `${seconds}s`,
    // Some interpreters wait for a line when they are asked with arguments they do not know.
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
    ...(apart === undefined ? {} : { detached: true, signal: apart }),
  })
  const output = await shell`${program} ${args}`
  return { exitCode: output.exitCode ?? 1, stdout: output.stdout, stderr: output.stderr }
}

/** The lines of a program that tell most: its own error lines, else the last ones. */
export const renderComplaint = (reply: Reply): string => {
  const lines = `${reply.stdout}\n${reply.stderr}`.split('\n').map((line) => line.trim())
  const spoken = lines.filter((line) => line !== '' && !line.startsWith('WARNING'))
  const errors = spoken.filter((line) => /^(error|e:|err:)/i.test(line))
  return (errors.length > 0 ? errors : spoken).slice(-2).join('; ') || `exit code ${reply.exitCode}`
}
