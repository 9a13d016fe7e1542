import { createInterface } from 'node:readline/promises'
import { exitCode, UserError } from '../../config/user-error.ts'

/** Asks on stderr; only a typed yes is a yes. Ctrl-C and Ctrl-D at the question decline. */
export const confirm = async (question: string): Promise<boolean> => {
  const readline = createInterface({ input: process.stdin, output: process.stderr })
  const closed = new AbortController()
  readline.on('close', () => closed.abort())
  readline.on('SIGINT', () => readline.close())
  try {
    const answer = await readline.question(`${question} [y/N] `, { signal: closed.signal })
    return /^y(es)?$/i.test(answer.trim())
  } catch (cause) {
    process.stderr.write('\n')
    throw new UserError('nothing was changed', { exitCode: exitCode.interrupted, cause })
  } finally {
    readline.close()
  }
}
