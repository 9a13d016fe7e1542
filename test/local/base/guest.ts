import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { expect, vi } from 'vitest'
import type { Base } from '../../../local/base/find.ts'

const run = promisify(execFile)

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface GuestOptions {
  readonly userData?: string | Buffer
  readonly role?: string
}

export const repositoryHost = 'al2023-repos-us-west-2-de612dc2.s3.dualstack.us-west-2.amazonaws.com'
const ssmHost = 'ssm.us-west-2.amazonaws.com'

/** Some engines ask for more than they may have, and then nothing starts. */
const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096']

const openssl = (folder: string, ...args: string[]) =>
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })

/** Command lines of the processes that work in a folder. */
const commandsThatName = (folder: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        return '' // It has ended since.
      }
    })
    .filter((command) => command.includes(folder))

/** An authority, and a certificate of its making for the hosts that the fake AWS plays. */
const makeCertificates = (folder: string): void => {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  mkdirSync(join(folder, 'shared'))
  openssl(
    folder,
    'req',
    '-x509',
    ...key,
    '-days',
    '2',
    '-subj',
    '/CN=CA',
    '-keyout',
    'ca.key',
    '-out',
    'shared/ca.pem',
  )
  openssl(folder, 'req', ...key, '-subj', '/CN=aws', '-keyout', 'aws.key', '-out', 'aws.csr')
  writeFileSync(join(folder, 'names'), `subjectAltName=DNS:${ssmHost},DNS:${repositoryHost}\n`)
  const signing = ['-CA', 'shared/ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names']
  openssl(folder, 'x509', '-req', '-in', 'aws.csr', ...signing, '-days', '2', '-out', 'aws.pem')
  writeFileSync(
    join(folder, 'hosts'),
    `127.0.0.1 localhost ip-10-20-16-4\n169.254.169.253 ${ssmHost} ${repositoryHost}\n`,
  )
}

/** Guests of a base in an engine root of their own; `close` leaves nothing of them. */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'base-'))
  /** A copy, for tests that spoil it. */
  readonly repository = join(this.folder, 'repository')
  private readonly children: ChildProcess[] = []
  private readonly names: string[] = []

  readonly base: Base
  readonly podman: string
  readonly publicKey = 'ssh-ed25519 AAAAexample alice'

  constructor(base: Base, podman: string) {
    this.base = base
    this.podman = podman
    makeCertificates(this.folder)
    cpSync(base.repository, this.repository, { recursive: true })
  }

  private get flags(): string[] {
    const { folder, base } = this
    const roots = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run')]
    const engine = ['--runtime', 'runc', '--cgroup-manager', 'cgroupfs']
    return [...roots, ...engine, '--storage-opt', `overlay.imagestore=${base.store}`]
  }

  async engine(...args: string[]): Promise<string> {
    return (await run(this.podman, [...this.flags, ...args])).stdout.trim()
  }

  async inside(name: string, script: string): Promise<Ran> {
    try {
      const { stdout, stderr } = await run(this.podman, [...this.flags, 'exec', name, 'bash', '-c', script])
      return { code: 0, stdout: stdout.trim(), stderr }
    } catch (error) {
      const failed = error as { code: number; stdout: string; stderr: string }
      return { code: failed.code, stdout: failed.stdout.trim(), stderr: failed.stderr }
    }
  }

  /** What a program says in a fresh guest that was never booted. */
  peek(script: string): Promise<string> {
    const once = ['run', '--rm', '--network', 'none', ...limits]
    return this.engine(...once, this.base.image, 'bash', '-c', script)
  }

  /** Until systemd has nothing left to do; before it listens it cannot even be asked. */
  waitUntilBooted(name: string): Promise<Ran> {
    const ask =
      'until state=$(systemctl is-system-running --wait) || [ "$state" = degraded ]; do sleep 0.1; done'
    return this.inside(name, `timeout 180 bash -c '${ask}'`)
  }

  /** Boots a guest; with options it finds metadata service, Systems Manager and repository in its network. */
  async boot(name: string, options?: GuestOptions): Promise<{ calls: Array<Record<string, unknown>> }> {
    const mounts = [
      '-v',
      `${this.folder}/shared:/opt/local-target:ro`,
      '-v',
      `${this.folder}/hosts:/etc/hosts`,
    ]
    const kind = ['--network', 'none', '--systemd=always', '--hostname', 'ip-10-20-16-4']
    this.names.push(name)
    await this.engine('run', '-d', '-t', '--name', name, ...kind, ...limits, ...mounts, this.base.image)
    return options === undefined ? { calls: [] } : this.enter(name, options)
  }

  private async enter(
    name: string,
    options: GuestOptions,
  ): Promise<{ calls: Array<Record<string, unknown>> }> {
    const pid = await this.engine('inspect', '--format', '{{.State.Pid}}', name)
    const network = ['-t', pid, '-n']
    for (const address of ['169.254.169.254/32', '169.254.169.253/32'])
      await run('nsenter', [...network, 'ip', 'addr', 'add', address, 'dev', 'lo'])
    const { userData = '', role = '' } = options
    const answers = {
      ...{ role, publicKey: this.publicKey, repository: this.repository },
      userData: Buffer.from(userData).toString('base64'),
      key: join(this.folder, 'aws.key'),
      cert: join(this.folder, 'aws.pem'),
    }
    const program = join(import.meta.dirname, 'fake-aws.mjs')
    const child = spawn('nsenter', [...network, process.execPath, program, JSON.stringify(answers)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.children.push(child)
    const calls: Array<Record<string, unknown>> = []
    createInterface({ input: child.stdout }).on('line', (line) => calls.push(JSON.parse(line)))
    return { calls }
  }

  async close(): Promise<void> {
    for (const child of this.children) child.kill()
    if (this.names.length > 0) await this.engine('rm', '-f', '--ignore', '-t', '0', ...this.names)
    // For each guest that ends the engine starts a `podman container cleanup` of its own, which would make the
    // folder anew.
    await vi.waitFor(() => expect(commandsThatName(this.folder)).toEqual([]), {
      timeout: 60_000,
      interval: 100,
    })
    // It binds its layers onto themselves and leaves that behind.
    await run('umount', [join(this.folder, 'root', 'overlay')]).catch(() => {})
    rmSync(this.folder, { recursive: true, force: true })
  }
}
