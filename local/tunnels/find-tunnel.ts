import type { Backend } from '../gateway/backend.ts'
import type { TunnelFacts } from './decide-way.ts'
import type { FindTunnel } from './judge.ts'

/** What the books say at this moment: a rule that was revoked lets nobody in any more. */
export const createFindTunnel =
  ({ ask }: Pick<Backend, 'ask'>): FindTunnel =>
  async (region, { endpointId, privateIp }) => {
    const query = new URLSearchParams({ region, endpoint: endpointId, ip: privateIp })
    const { status, body } = await ask('GET', `/_shim/tunnel?${query}`)
    if (status !== 200) throw new Error(`the books answered ${status} when asked for a tunnel: ${body}`)
    return JSON.parse(body.toString()) as TunnelFacts
  }
