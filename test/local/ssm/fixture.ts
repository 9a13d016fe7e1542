import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetConnectionStatusCommand, SSMClient } from '@aws-sdk/client-ssm'
import { createActivity } from '../../../local/gateway/activity.ts'
import type { Backend } from '../../../local/gateway/backend.ts'
import type { Call } from '../../../local/gateway/classify.ts'
import { renderAwsError } from '../../../local/gateway/errors.ts'
import type { Incoming } from '../../../local/gateway/incoming.ts'
import { openJournal } from '../../../local/gateway/journal.ts'
import type { Owners } from '../../../local/gateway/owners.ts'
import type { Principal } from '../../../local/gateway/principals.ts'
import { createGatewayServer } from '../../../local/gateway/server.ts'
import type { Ran, Shell } from '../../../local/guests/shell.ts'
import type { Fleet, SsmMachine } from '../../../local/ssm/fleet.ts'
import { openSsm, type Ssm } from '../../../local/ssm/owners.ts'
import { root } from '../control/fixture.ts'

export const region = 'us-west-2'
export const accountId = '111122223333'

export const machineOf = (letter: string, part: Partial<SsmMachine> = {}): SsmMachine => ({
  instanceId: `i-${letter.repeat(17)}`,
  region,
  state: 'running',
  bootedAt: new Date(Date.now() - 1000).toISOString(),
  privateIp: '10.20.16.4',
  name: 'ip-10-20-16-4.us-west-2.compute.internal',
  imageId: 'ami-1',
  roleName: 'box',
  tags: {},
  ...part,
})

/** Programs of a guest, run on this machine: as real as a shell, without a guest around it. */
export const createLocalShell = (isUp: (instanceId: string) => boolean): Shell => ({
  run: (instanceId, argv, { stdin, signal } = {}) =>
    new Promise<Ran>((resolve, reject) => {
      if (!isUp(instanceId)) return reject(new Error(`${instanceId} does not run`))
      const child = spawn(argv[0] as string, argv.slice(1), { stdio: 'pipe', detached: true })
      const [out, err]: [Buffer[], Buffer[]] = [[], []]
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
      child.stdin.on('error', () => {})
      child.stdin.end(stdin ?? '')
      // Ends the waiting, not the program.
      signal?.addEventListener('abort', () => reject(new Error('nobody waits any more')))
      child.on('error', reject)
      child.on('close', (code) =>
        resolve({ exitCode: code ?? 137, stdout: Buffer.concat(out), stderr: Buffer.concat(err) }),
      )
    }),
})

const principalOf = (accessKeyId: string): Principal => ({
  accessKeyId,
  secretAccessKey: 'secret',
  sessionToken: null,
  // The access key of an instance is its id: short to write, and a role's session is named after it.
  arn: accessKeyId.startsWith('i-')
    ? `arn:aws:sts::${accountId}:assumed-role/box/${accessKeyId}`
    : `arn:aws:iam::${accountId}:user/${accessKeyId}`,
  userId: 'AIDA',
  accountId,
  expiration: null,
})

export interface Gateway {
  readonly endpoint: string
  flush(): void
  close(): Promise<void>
}

/** The server as it ships, with these owners and nobody behind it. */
export const serve = async (folder: string, owners: Owners): Promise<Gateway> => {
  const journal = openJournal({ file: join(folder, 'journal.jsonl'), log: () => {} })
  // Nobody is behind it but this one answer.
  const backend = {
    forward: async (incoming: Incoming, call: Call) =>
      renderAwsError(call, { status: 400, code: 'AskedMoto', message: 'forwarded' }, incoming.id),
  } as unknown as Backend
  const principals = { find: async (key: string) => principalOf(key), forget: () => {} }
  // What somebody may is tested in test/local/access.
  const access = { findDenial: async () => undefined, changed: () => {} }
  const desk = { backend, principals, access, owners, log: console.error, now: Date.now }
  const internal = { token: 't' } as Parameters<typeof createGatewayServer>[0]['internal']
  const server = createGatewayServer({ desk, internal, journal, activity: createActivity(Date.now) })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    flush: journal.flush,
    close: () =>
      new Promise((resolve) => {
        journal.close()
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** What the agent in a guest says. No SDK has the operation any more, so another one is made into it. */
const ping = async (client: SSMClient, instanceId: string): Promise<void> => {
  const said = {
    InstanceId: instanceId,
    AgentName: 'amazon-ssm-agent',
    AgentVersion: '3.3.1611.0',
    AgentStatus: 'Active',
    PlatformType: 'Linux',
    PlatformName: 'Amazon Linux',
    PlatformVersion: '2023',
    IPAddress: '10.20.16.4',
    ComputerName: 'ip-10-20-16-4.us-west-2.compute.internal',
  }
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { headers: Record<string, string>; body: string }
      request.body = JSON.stringify(said)
      request.headers['x-amz-target'] = 'AmazonSSM.UpdateInstanceInformation'
      request.headers['content-length'] = String(request.body.length)
      return next(args)
    },
    { step: 'build', priority: 'low' },
  )
  try {
    await client.send(new GetConnectionStatusCommand({ Target: instanceId }))
  } finally {
    client.destroy()
  }
}

export interface World {
  readonly folder: string
  readonly machines: Map<string, SsmMachine>
  readonly client: SSMClient
  readonly base: string
  ping(instanceId: string, as?: string): Promise<void>
  put(machine: SsmMachine): SsmMachine
  /** As after kill -9: what was in memory is gone, what runs in guests is not. */
  restart(): Promise<void>
  close(): Promise<void>
}

export const openWorld = async (): Promise<World> => {
  const folder = mkdtempSync(join(tmpdir(), 'graviton ssm '))
  const base = join(folder, 'var')
  mkdirSync(base)
  const machines = new Map<string, SsmMachine>()
  const fleet: Fleet = {
    find: (id) => machines.get(id),
    list: (asked) => [...machines.values()].filter((machine) => machine.region === asked),
  }
  const shell = createLocalShell((id) => machines.get(id)?.state === 'running')
  const deps = { shell, fleet, root, folder: join(folder, 'ssm'), now: Date.now, log: () => {}, base }
  let ssm: Ssm = openSsm(deps)
  ssm.resume()
  const owners = new Proxy({} as Owners, {
    getOwnPropertyDescriptor: (_, name) => Object.getOwnPropertyDescriptor(ssm.owners, name),
    get: (_, name) => ssm.owners[name as string],
  })
  const gateway = await serve(folder, owners)
  const clientOf = (accessKeyId: string) =>
    new SSMClient({
      endpoint: gateway.endpoint,
      region,
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey: 'secret' },
    })
  const client = clientOf('alice')
  return {
    folder,
    machines,
    client,
    base,
    put(machine) {
      machines.set(machine.instanceId, machine)
      return machine
    },
    ping: (instanceId, as = instanceId) => ping(clientOf(as), instanceId),
    async restart() {
      ssm.close()
      ssm = openSsm(deps)
      ssm.resume()
    },
    async close() {
      ssm.close()
      client.destroy()
      await gateway.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
