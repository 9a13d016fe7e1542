import { isStartFailure, startDaemon } from './daemon.ts'
import { optimizeEarly } from './optimize-early.ts'
import { parseOptions } from './options.ts'

// One line of JSON on stdout tells the starter how it went; like the shim, nothing else is ever written there.
process.stdout.on('error', () => {}) // The starter may be gone; we serve whoever comes next.
const say = (line: unknown) => void process.stdout.write(`${JSON.stringify(line)}\n`)

const run = async () => {
  optimizeEarly()
  const daemon = await startDaemon(parseOptions(process.argv.slice(2)))
  if (isStartFailure(daemon)) {
    say(daemon)
    process.exitCode = 1
    return
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => void daemon.stop(signal))
  // A bug may have left anything half done: leave, and let the next start read the books. Unsaved is nothing.
  process.on('uncaughtException', (error) => {
    daemon.log(`bug: ${error.stack}`)
    daemon.flush()
    process.exit(1)
  })
  say({ ready: true, port: daemon.port })
  await daemon.stopped
  // Whoever asked us to stop reads the answer first.
  setTimeout(() => process.exit(0), 50)
}

run().catch((error: unknown) => {
  say({ error: 'start', detail: (error as Error).message, code: (error as NodeJS.ErrnoException).code })
  process.stderr.write(`${(error as Error).stack}\n`)
  process.exit(1)
})
