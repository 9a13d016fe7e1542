import * as z from 'zod'
import { machine } from '../../protocol/ssm/ambient.ts'
import { renderPausePublication, renderStartPublication } from '../../protocol/ssm/control-message.ts'
import { messageType, parseMessage } from '../../protocol/ssm/message.ts'

/** What goes wrong between a client and AWS, on demand; each until it is set to something else. */
export const faultSchema = z.strictObject({
  /** Drops the connection now, without a close frame. */
  cut: z.literal(true).optional(),
  /** Drops it every so many milliseconds: the 60 minutes of AWS, compressed. 0 is never. */
  cutEvery: z.number().int().min(0).optional(),
  /** Sends every second data message before the first. */
  reorder: z.boolean().optional(),
  /** Sends every data message twice. */
  duplicate: z.boolean().optional(),
  /** Loses acknowledgements of what the client has sent. */
  withholdAcks: z.boolean().optional(),
  /** Tells both ends to pause, or to go on. */
  pause: z.boolean().optional(),
  /** Milliseconds that a minute of the idle and the maximum duration takes. */
  minute: z.number().int().min(1).optional(),
  /** The token that was given last is worth nothing. */
  expireToken: z.literal(true).optional(),
})
export type Fault = z.output<typeof faultSchema>

export interface FaultOptions {
  readonly write: (bytes: Buffer) => void
  readonly cut: () => void
  /** Hands a frame to the agent. */
  readonly receive: (frame: Buffer) => void
  readonly expireToken: () => void
}

/** Milliseconds after which a message is not held back for a next one that does not come. */
const longestHold = 50

const isAcknowledgement = (bytes: Buffer): boolean =>
  parseMessage(bytes).messageType === messageType.acknowledge

export const createFaults = ({ write, cut, receive, expireToken }: FaultOptions) => {
  let state: Fault = {}
  let held: Buffer | undefined
  let holding: NodeJS.Timeout | undefined
  let cutting: NodeJS.Timeout | undefined
  const release = () => {
    clearTimeout(holding)
    if (held !== undefined) write(held)
    held = undefined
  }
  return {
    transmit(bytes: Buffer): void {
      const tampered = state.reorder || state.duplicate || state.withholdAcks
      if (!tampered || isAcknowledgement(bytes)) {
        if (!tampered || !state.withholdAcks) write(bytes)
        return
      }
      if (state.reorder && held === undefined) {
        held = bytes
        holding = setTimeout(release, longestHold)
        return
      }
      write(bytes)
      if (state.duplicate) write(bytes)
      release()
    },
    take: receive,
    /** Milliseconds. */
    get minute(): number {
      return state.minute ?? 60_000
    },
    set(fault: Fault): void {
      state = { ...state, ...fault }
      if (fault.cutEvery !== undefined) {
        clearInterval(cutting)
        if (fault.cutEvery > 0) cutting = setInterval(cut, fault.cutEvery).unref()
      }
      if (fault.pause !== undefined) {
        const render = fault.pause ? renderPausePublication : renderStartPublication
        write(render(machine))
        receive(render(machine))
      }
      if (fault.expireToken) expireToken()
      if (fault.cut) cut()
    },
    stop(): void {
      clearInterval(cutting)
      release()
    },
  }
}
