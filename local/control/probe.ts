import { Agent, request } from 'node:http'
import type { ControlStatus, Health } from '../gateway/internal.ts'
import { type ControlFile, readControlFile } from './control-file.ts'

export interface Answer {
  readonly status: number
  readonly text: string
}

/** One question to the daemon. undefined: nobody there, or nobody who answers in time. */
export const askDaemon = (
  control: ControlFile,
  method: string,
  path: string,
  milliseconds: number,
  body?: unknown,
): Promise<Answer | undefined> =>
  new Promise((resolve) => {
    const asked = request({
      // No keep-alive: a command that has its answer must be able to end.
      agent: new Agent({ keepAlive: false }),
      host: '127.0.0.1',
      port: control.port,
      method,
      path,
      // The token only goes where the nonce was right, see findDaemon.
      headers: path === '/_local/health' ? {} : { 'x-local-token': control.token },
      timeout: milliseconds,
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(undefined))
    asked.on('response', (message) => {
      let text = ''
      message.setEncoding('utf8')
      message.on('data', (chunk: string) => {
        // A stranger on the port may talk without end.
        text += chunk
        if (text.length > 65_536) message.destroy()
      })
      message.on('end', () => resolve({ status: message.statusCode ?? 0, text }))
      message.on('error', () => resolve(undefined))
      message.on('close', () => resolve(undefined))
    })
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })

const parse = <T>(answer: Answer | undefined): Partial<T> => {
  try {
    return answer?.status === 200 ? (JSON.parse(answer.text) as T) : {}
  } catch {
    return {}
  }
}

/** A busy machine may need a moment; a daemon that needs longer than this does not answer calls either. */
const patience = 2000

/** The daemon that wrote the control file, if it lives: files and process numbers can lie, the nonce cannot. */
export const findDaemon = async (folder: string): Promise<ControlFile | undefined> => {
  const control = readControlFile(folder)
  if (control === undefined) return undefined
  const health = parse<Health>(await askDaemon(control, 'GET', '/_local/health', patience))
  return health.nonce === control.nonce && health.pid === control.pid ? control : undefined
}

export const askStatus = async (control: ControlFile): Promise<ControlStatus | undefined> => {
  const status = parse<ControlStatus>(await askDaemon(control, 'GET', '/_local/status', patience))
  return status.pid === control.pid ? (status as ControlStatus) : undefined
}
