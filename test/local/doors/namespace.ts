import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitUntil } from '../control/fixture.ts'

/** Entering namespaces needs root, or one's own user namespace. Only root is tested everywhere. */
export const withoutRoot = process.getuid?.() !== 0 && !process.env.CI

export interface Guest {
  readonly pid: number
  /** Runs a program in there; stdout. Rejects with the exit code. */
  run(argv: readonly string[], env?: Record<string, string>): Promise<string>
  close(): void
}

const namespaceOf = (pid: number | 'self'): string => {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    return ''
  }
}

const end = (child: ChildProcess) => void child.kill('SIGKILL')

const execute = (argv: readonly string[], env?: Record<string, string>): Promise<string> =>
  new Promise((resolve, reject) => {
    const [program = '', ...rest] = argv
    execFile(
      program,
      rest,
      { timeout: 60_000, env: { PATH: process.env.PATH ?? '', ...env } },
      (error, stdout, stderr) =>
        error === null
          ? resolve(stdout)
          : reject(Object.assign(error, { message: `${error.message} ${stderr}` })),
    )
  })

/** Until it has become what it was started for. */
export const waitForGuest = (pid: number): Promise<void> =>
  waitUntil(() => {
    const program = readFileSync(`/proc/${pid}/comm`, 'utf8')
    return program === 'sleep\n' && namespaceOf(pid) !== namespaceOf('self')
  })

/** A process in a network namespace with nothing but lo, and names that lead to the resolver of the doors. */
export const startGuest = async (): Promise<Guest> => {
  const folder = mkdtempSync(join(tmpdir(), 'graviton-guest-'))
  const names = join(folder, 'resolv.conf')
  writeFileSync(names, 'nameserver 169.254.169.253\noptions timeout:2 attempts:1\n')
  const started = `mount --bind ${names} /etc/resolv.conf && exec sleep 600`
  const child = spawn('unshare', ['--net', '--mount', 'sh', '-ec', started], { stdio: 'ignore' })
  const pid = child.pid as number
  await waitForGuest(pid)
  return {
    pid,
    run: (argv, env) => execute(['nsenter', '-t', String(pid), '--net', '--mount', ...argv], env),
    close() {
      end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A namespace behind the guest, as a container in it has one: 10.99.0.2, with the guest as its router. */
export const startNested = async (guest: Guest): Promise<Guest> => {
  const nested = await startGuest()
  const ip = (line: string) => guest.run(['ip', ...line.split(' ')])
  await ip(`link add inner type veth peer name outer netns ${nested.pid}`)
  await ip('addr add 10.99.0.1/30 dev inner')
  await ip('link set inner up')
  for (const line of [
    'addr add 10.99.0.2/30 dev outer',
    'link set outer up',
    'route add default via 10.99.0.1',
  ])
    await nested.run(['ip', ...line.split(' ')])
  return nested
}
