import { usageError } from '../../config/user-error.ts'
import { printable } from '../../config/user-name.ts'

/** A port here that leads to a port there. */
export interface Forward {
  readonly localPort: number
  /** undefined: the sandbox itself. */
  readonly host: string | undefined
  readonly port: number
}

const own = ['localhost', '127.0.0.1', '::1']

const portOf = (text: string): number | undefined =>
  /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined

/** `8080:3000`, `8080:localhost:3000` or `8080:db.internal:5432`, as ssh -L takes it. */
export const parseForward = (text: string): Forward => {
  const found = /^(?:(\d+):)(?:(?:\[([0-9a-fA-F:]+)\]|([a-zA-Z0-9][a-zA-Z0-9.-]*)):)?(\d+)$/.exec(text)
  const localPort = portOf(found?.[1] ?? '')
  const port = portOf(found?.[4] ?? '')
  if (found === null || localPort === undefined || port === undefined)
    throw usageError(
      `--forward ${printable(text)} is not <local port>:<host>:<port> with ports from 1 to 65535`,
      '--forward 8080:localhost:3000',
    )
  const host = found[2] ?? found[3]
  return { localPort, port, host: host === undefined || own.includes(host) ? undefined : host }
}
