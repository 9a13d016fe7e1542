import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
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
  /** Characters; who says more is not heard out. */
  readonly most?: number
}

/** Of the other side only so much fits into memory. */
const bounded = async (stream: Readable, most: number): Promise<string> => {
  const parts: string[] = []
  let length = 0
  for await (const part of stream.setEncoding('utf8') as AsyncIterable<string>) {
    length += part.length
    if (length > most) throw new UserError(`the sandbox says more than ${most} characters`)
    parts.push(part)
  }
  return parts.join('')
}

/** ssh as the person would run it, to its end, without a terminal and so without a question. */
export const runSsh = async (
  { sshArguments }: SshHome,
  args: readonly string[],
  { seconds, input = '', signal, most = Number.MAX_SAFE_INTEGER }: SshOptions,
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
    const heard = [bounded(child.stdout, most), bounded(child.stderr, most)] as const
    const [status, stdout, stderr] = await Promise.all([code, ...heard])
    return { code: status, stdout, stderr }
  } catch (cause) {
    child.kill()
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
