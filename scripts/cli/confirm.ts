import { createInterface } from 'node:readline/promises'
import { exitCode, UserError } from '../../config/user-error.ts'

/** Asks on stderr. Ctrl-C and Ctrl-D at the question decline. */
export const ask = async (question: string): Promise<string> => {
  const readline = createInterface({ input: process.stdin, output: process.stderr })
  const closed = new AbortController()
  readline.on('close', () => closed.abort())
  readline.on('SIGINT', () => readline.close())
  try {
    return (await readline.question(question, { signal: closed.signal })).trim()
  } catch (cause) {
    process.stderr.write('\n')
    throw new UserError('nothing was changed', { exitCode: exitCode.interrupted, cause })
  } finally {
    readline.close()
  }
}

/** Only a typed yes is a yes. */
export const confirm = async (question: string): Promise<boolean> =>
  /^y(es)?$/i.test(await ask(`${question} [y/N] `))
