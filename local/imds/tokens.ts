import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Session tokens of IMDSv2. Each is good for one instance. */
export interface Tokens {
  issue(instanceId: string, seconds: number): string
  /** Whole seconds that are left; 0: not one of ours, another instance's, or expired. */
  secondsLeft(instanceId: string, token: string): number
}

const sealBytes = 24

/**
 * A token carries its own end under a seal, so a guest that asks for a million of them fills no memory here. The key
 * lives as long as this process: after a restart clients get 401 and ask anew, as they do when a token has expired.
 */
export const createTokens = (now: () => number): Tokens => {
  const key = randomBytes(32)
  const seal = (instanceId: string, open: Buffer): Buffer =>
    createHmac('sha256', key).update(open).update(instanceId).digest().subarray(0, sealBytes)
  return {
    issue(instanceId, seconds) {
      const open = randomBytes(16)
      open.writeDoubleBE(now() + seconds * 1000)
      return Buffer.concat([open, seal(instanceId, open)]).toString('base64')
    },
    secondsLeft(instanceId, token) {
      const bytes = Buffer.from(token, 'base64')
      if (bytes.length !== 16 + sealBytes) return 0
      const open = bytes.subarray(0, 16)
      if (!timingSafeEqual(bytes.subarray(16), seal(instanceId, open))) return 0
      return Math.max(0, Math.ceil((open.readDoubleBE() - now()) / 1000))
    },
  }
}
