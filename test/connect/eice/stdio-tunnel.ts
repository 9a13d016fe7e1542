import { pumpTunnel } from '../../../connect/eice/pump.ts'
import { dialTunnel } from '../../../connect/eice/tunnel.ts'

// A process of its own, because certificates to trust are read at the start: a tunnel to the name that is given.
const [dnsName = ''] = process.argv.slice(2)
const { signal } = new AbortController()
const socket = await dialTunnel({ path: '/openTunnel', dnsName, origin: undefined, dialSeconds: 5, signal })
const end = await pumpTunnel(socket, process.stdin, process.stdout)
process.stderr.write(JSON.stringify(end))
