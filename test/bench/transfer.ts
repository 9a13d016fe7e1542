import { connect } from 'node:net'

const piece = Buffer.alloc(256 * 1024)

/** Megabytes a second to or from pump.py behind a port here. */
export const transfer = (port: number, what: 'take' | 'give', bytes: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const began = performance.now()
    const wanted = what === 'give' ? bytes : 1
    let [sent, heard] = [0, 0]
    const pump = () => {
      while (what === 'take' && sent < bytes) {
        const part = piece.subarray(0, bytes - sent)
        sent += part.length
        if (!socket.write(part)) return
      }
    }
    socket.on('connect', () => {
      socket.write(`${what} ${bytes}\n`)
      pump()
    })
    socket.on('drain', pump)
    socket.on('data', (data) => {
      heard += data.length
      if (heard < wanted) return
      resolve(bytes / 1e6 / ((performance.now() - began) / 1000))
      socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`${what}: the connection ended after ${heard} bytes`)))
  })
