import { spawn } from 'node:child_process'
import {
  DescribeInstancesCommand,
  type Instance,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2'
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
} from '@aws-sdk/client-iam'
import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  type GetCommandInvocationResult,
  GetParameterCommand,
  SendCommandCommand,
} from '@aws-sdk/client-ssm'
import { names } from '../../../config/names.ts'
import type { Paths } from '../../../config/paths.ts'
import { silentStory } from '../../../config/story.ts'
import type { Base } from '../../../local/base/find.ts'
import type { LocalTarget } from '../../../local/control/ensure.ts'
import { turnOnGuests } from '../../../local/control/turn-on-guests.ts'
import type { GuestState } from '../../../local/guests/guests.ts'
import { findMachineRequest } from '../../../scripts/local-machines.ts'
import type { WantedEngine } from '../../../scripts/setup/guest-engine.ts'
import { childEnvironment, clientsFor, openRoom, type Room } from '../control/fixture.ts'

export interface GuestRoom {
  readonly room: Room
  readonly target: LocalTarget
  readonly clients: ReturnType<typeof clientsFor>
  readonly state: GuestState
  /** Starts one machine of Amazon Linux 2023 with the role of this room; resolves when EC2 has answered: pending. */
  launch(input?: Partial<RunInstancesCommandInput>): Promise<string>
  describe(instanceId: string): Promise<Instance>
  /** Tells one boot from another: when its first process began, in hundredths of a second since that of the host. */
  bootOf(instanceId: string): Promise<string>
  waitForState(instanceId: string, state: string): Promise<Instance>
  online(instanceId: string): Promise<void>
  /** Runs a script as root through SSM and returns what became of it. */
  command(instanceId: string, script: string): Promise<GetCommandInvocationResult>
  /** Its output; fails when the script does. */
  output(instanceId: string, script: string): Promise<string>
  aws(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>
  /** After a restart of the daemon: finds it again. */
  again(): Promise<GuestRoom>
  close(): Promise<void>
}

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})

export const roleName = 'guest-role'

const makeRole = async ({ iam }: ReturnType<typeof clientsFor>): Promise<void> => {
  await iam.send(new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument: trust }))
  await iam.send(
    new AttachRolePolicyCommand({
      RoleName: roleName,
      PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    }),
  )
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: roleName }))
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: roleName, RoleName: roleName }))
}

/** Seconds that a machine among many may need; it is asked every few milliseconds, so only what hangs waits for them. */
const patience = 180

const until = async <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => {
  const end = performance.now() + patience * 1000
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`${what}: not within ${patience} s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv) =>
  new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn(command, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (text: Buffer) => {
      stdout += text
    })
    child.stderr.on('data', (text: Buffer) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })

const createGuestRoom = (room: Room, target: LocalTarget, state: GuestState): GuestRoom => {
  const clients = clientsFor(target)
  const { ec2, ssm } = clients
  const image = ssm
    .send(new GetParameterCommand({ Name: names.stockImageParameter }))
    .then(({ Parameter }) => Parameter?.Value)
  const describe = async (instanceId: string): Promise<Instance> => {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }))
    return Reservations?.[0]?.Instances?.[0] ?? {}
  }
  const command: GuestRoom['command'] = async (instanceId, script) => {
    const { Command } = await ssm.send(
      new SendCommandCommand({
        InstanceIds: [instanceId],
        DocumentName: 'AWS-RunShellScript',
        Parameters: { commands: [script] },
      }),
    )
    return until(`command on ${instanceId}`, async () => {
      const found = await ssm.send(
        new GetCommandInvocationCommand({ CommandId: Command?.CommandId, InstanceId: instanceId }),
      )
      return ['Pending', 'InProgress', 'Delayed'].includes(found.Status ?? '') ? undefined : found
    })
  }
  return {
    ...{ room, target, clients, state, describe, command },
    async launch(input = {}) {
      const { Instances } = await ec2.send(
        new RunInstancesCommand({
          ImageId: await image,
          InstanceType: 't4g.medium',
          MinCount: 1,
          MaxCount: 1,
          IamInstanceProfile: { Name: roleName },
          ...input,
        } as RunInstancesCommandInput),
      )
      const [machine] = Instances ?? []
      if (machine?.State?.Name !== 'pending') throw new Error(`RunInstances answers ${machine?.State?.Name}`)
      return machine.InstanceId ?? ''
    },
    waitForState: (instanceId, wanted) =>
      until(`${instanceId} ${wanted}`, async () => {
        const found = await describe(instanceId)
        return found.State?.Name === wanted ? found : undefined
      }),
    online: (instanceId) =>
      until(`${instanceId} online`, async () => {
        const { InstanceInformationList } = await ssm.send(
          new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: [instanceId] }] }),
        )
        return InstanceInformationList?.[0]?.PingStatus === 'Online' ? true : undefined
      }).then(() => {}),
    async output(instanceId, script) {
      const ran = await command(instanceId, script)
      if (ran.Status !== 'Success')
        throw new Error(
          `${ran.Status} ${ran.ResponseCode}: ${ran.StandardOutputContent}${ran.StandardErrorContent}`,
        )
      return (ran.StandardOutputContent ?? '').trimEnd()
    },
    bootOf(instanceId) {
      return this.output(instanceId, `cut -d ' ' -f 22 /proc/1/stat`)
    },
    aws: (...args) => run('aws', args, childEnvironment(target)),
    async again() {
      const next = await room.up()
      return createGuestRoom(room, next, state)
    },
    close: () => room.close(),
  }
}

/** KIRO_SANDBOX_TEST_ENGINE=docker runs any test of machines in the Docker of DOCKER_HOST; the gate takes podman. */
const usualEngine: WantedEngine = process.env.KIRO_SANDBOX_TEST_ENGINE === 'docker' ? 'docker' : 'podman'

/**
 * A local target with machines. Their base image is the stand-in of the checkout, made once per machine.
 * @param engine Docker is the one of DOCKER_HOST, see docker.ts
 * @param prepare may put something where the engine will keep its things; returns how to take it away
 * @param base another one than that
 */
export const openGuestRoom = async (
  prepare?: (paths: Paths) => () => void,
  { base, engine = usualEngine }: { readonly base?: Base; readonly engine?: WantedEngine } = {},
): Promise<GuestRoom> => {
  const opened = await openRoom()
  const undo = prepare?.(opened.paths)
  const room = {
    ...opened,
    close: async () => {
      // First the engine: what it keeps there must still be there when its containers are ended.
      await opened.close().finally(() => undo?.())
    },
  }
  try {
    const target = await room.up()
    const request = await findMachineRequest({
      paths: room.paths,
      wanted: 'arm64',
      base: 'stand-in',
      engine,
      io: {
        story: silentStory,
        interactive: false,
        yes: true,
        signal: undefined,
        confirm: async () => false,
      },
    })
    if ('real' in request) throw new Error(request.sentence ?? 'no machines')
    const wanted = base === undefined ? request : { ...request, base }
    const state = await turnOnGuests(room.paths.local, wanted)
    if (state.kind !== 'on') throw new Error(`guests are ${JSON.stringify(state)}`)
    const guests = createGuestRoom(room, target, state)
    await makeRole(guests.clients)
    return guests
  } catch (error) {
    await room.close().catch(() => {})
    throw error
  }
}
