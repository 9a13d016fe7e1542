// https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/contracts/model.go

/** What the payload of stream data means. */
export const payloadType = {
  none: 0,
  output: 1,
  error: 2,
  size: 3,
  parameter: 4,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  challengeRequest: 8,
  challengeResponse: 9,
  flag: 10,
  stdErr: 11,
  exitCode: 12,
} as const

/** Content of a payload of type flag: four bytes, big-endian. */
export const channelFlag = { disconnectToPort: 1, terminateSession: 2, connectToPortError: 3 } as const

export const renderFlag = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Undefined when it is not four bytes. */
export const parseFlag = (payload: Buffer): number | undefined =>
  payload.length === 4 ? payload.readUInt32BE(0) : undefined

/** Columns and rows of a terminal, in characters. */
export interface TerminalSize {
  readonly cols: number
  readonly rows: number
}

export const renderSize = ({ cols, rows }: TerminalSize): Buffer =>
  Buffer.from(JSON.stringify({ cols, rows }))

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff

/** Undefined when it is no size: a wrong one is no reason to end a session. */
export const parseSize = (payload: Buffer): TerminalSize | undefined => {
  try {
    const { cols, rows } = JSON.parse(payload.toString()) as Partial<TerminalSize>
    return isCount(cols) && isCount(rows) ? { cols, rows } : undefined
  } catch {
    return undefined
  }
}

/** The agent sends text, not JSON, and no newline. */
export const renderExitCode = (code: number): Buffer => Buffer.from(`EXIT_CODE: ${code}`)

export const parseExitCode = (payload: Buffer): number | undefined => {
  const [, digits] = /^EXIT_CODE: ?(-?\d{1,10})\s*$/.exec(payload.toString('latin1')) ?? []
  return digits === undefined ? undefined : Number(digits)
}
