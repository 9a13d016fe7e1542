import { names } from '../../config/names.ts'
import { type Credentials, presignTunnel } from '../../connect/eice/presign.ts'
import { pushKey } from '../../connect/eice/push-key.ts'
import { dialTunnel } from '../../connect/eice/tunnel.ts'
import type { ByteSocket } from '../../protocol/websocket/byte-socket.ts'
import { loadCredentials } from '../aws/quick-credentials.ts'
import type { SdkConfig } from '../target.ts'
import type { Way } from './way.ts'

export interface TunnelErrand {
  readonly publicKey: string
  /** Longest duration of the tunnel. */
  readonly maxSeconds: number
  readonly signal: AbortSignal
}

const dialSeconds = 10

type Target = Pick<Way, 'region' | 'instanceId'>

export const pushKeyTo = async (
  sdk: SdkConfig,
  { region, instanceId }: Target,
  { publicKey, signal }: TunnelErrand,
  credentials?: Credentials,
): Promise<void> =>
  pushKey(
    { region, instanceId, user: names.sandboxUser, publicKey },
    credentials ?? (await loadCredentials(sdk)),
    {
      ...{ endpoint: sdk.endpoint, seconds: dialSeconds, signal, now: new Date() },
    },
  )

const dial = async (
  sdk: SdkConfig,
  way: Way,
  { maxSeconds, signal }: TunnelErrand,
  credentials: Credentials,
): Promise<ByteSocket> => {
  const { region, privateIp, endpoint } = way
  const { dnsName, id: endpointId } = endpoint
  const request = { region, endpointId, dnsName, privateIp, port: 22, maxSeconds }
  const path = await presignTunnel(request, credentials, new Date())
  return dialTunnel({ path, dnsName, origin: sdk.endpoint, dialSeconds, signal })
}

/**
 * The key is pushed while the tunnel is opened: ssh asks for it later than for anything else.
 * @throws KeyRefused, NoAnswer, TunnelRefused, or why there are no credentials
 */
export const openTunnel = async (sdk: SdkConfig, way: Way, errand: TunnelErrand): Promise<ByteSocket> => {
  // Once: a profile may have to ask AWS, or run a program, for them.
  const credentials = await loadCredentials(sdk)
  const [pushed, dialled] = await Promise.allSettled([
    pushKeyTo(sdk, way, errand, credentials),
    dial(sdk, way, errand, credentials),
  ])
  // About a machine that is gone or stopped the first one knows more.
  if (pushed.status === 'rejected') {
    if (dialled.status === 'fulfilled') dialled.value.terminate()
    throw pushed.reason
  }
  if (dialled.status === 'rejected') throw dialled.reason
  return dialled.value
}
