import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ports that Linux gives away by itself (32768 and up): nobody who takes any port takes it meanwhile. */
const [lowest, highest] = [10_240, 32_000]

/** One that nobody listens at. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    const server = createServer().listen(port, '127.0.0.1')
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!free) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
