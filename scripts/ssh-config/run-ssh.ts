import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { UserError } from '../../config/user-error.ts'
import type { SshHome } from './home.ts'

export interface SshResult {
  /** 255: ssh itself has failed; anything else is what ran there. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface SshOptions {
  readonly seconds: number
  readonly input?: string
  readonly signal?: AbortSignal
}

/** ssh as the person would run it, to its end, without a terminal and so without a question. */
export const runSsh = async (
  { sshArguments }: SshHome,
  args: readonly string[],
  { seconds, input = '', signal }: SshOptions,
): Promise<SshResult> => {
  const ended = AbortSignal.any([AbortSignal.timeout(seconds * 1000), ...(signal ? [signal] : [])])
  const child = spawn('ssh', [...sshArguments, '-o', 'BatchMode=yes', ...args], { signal: ended })
  // A program that never started has no reader.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const code = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  try {
    const [status, stdout, stderr] = await Promise.all([code, text(child.stdout), text(child.stderr)])
    return { code: status, stdout, stderr }
  } catch (cause) {
    signal?.throwIfAborted()
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new UserError('there is no ssh on PATH', { hint: 'install the OpenSSH client', cause })
    if (ended.aborted)
      throw new UserError(`ssh ${args.at(-1)} has not answered within ${seconds} s`, {
        hint: `ssh -v ${args.at(-1)} shows where it waits; npm run doctor looks at the rest`,
        cause,
      })
    throw cause
  }
}
