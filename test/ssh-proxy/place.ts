import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInstanceConnectEndpointCommand,
  CreateSecurityGroupCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2'
import { tag } from '../../config/names.ts'
import { openSandbox, type Sandbox } from '../connect-command/sandbox.ts'
import { readJournal, root } from '../local/control/fixture.ts'

export interface Ran {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

export interface Place extends Sandbox {
  /** Of the test, with its keys and the settings of ssh. */
  readonly folder: string
  readonly config: string
  readonly endpointId: string
  readonly dnsName: string
  readonly privateIp: string
  readonly groups: { readonly instances: string; readonly endpoint: string }
  ssh(args: readonly string[], how?: How): Promise<Ran>
  close(): Promise<void>
}

export interface How {
  readonly env?: NodeJS.ProcessEnv
  readonly input?: Buffer | string
}

/** Runs a program to its end. */
export const run = (command: string, args: readonly string[], { env, input = '' }: How): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { env, stdio: ['pipe', 'pipe', 'pipe'] })
    const parts: Buffer[] = []
    let stderr = ''
    child.stdout.on('data', (part: Buffer) => parts.push(part))
    child.stderr.on('data', (part: Buffer) => {
      stderr += part
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout: Buffer.concat(parts), stderr }))
  })

export const ssh22 = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 }
const everything = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]

/** The two groups of the network stack, and the endpoint between them. */
const openNetwork = async ({ room, instanceId }: Sandbox) => {
  const { ec2 } = room.clients
  const { VpcId, SubnetId, PrivateIpAddress = '', NetworkInterfaces } = await room.describe(instanceId)
  const group = async (GroupName: string): Promise<string> => {
    const made = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: 'a test', VpcId }))
    return made.GroupId ?? ''
  }
  const [instances, endpoint] = [await group('instances'), await group('endpoint')]
  await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: endpoint, IpPermissions: everything }))
  const to = (GroupId: string) => [{ ...ssh22, UserIdGroupPairs: [{ GroupId }] }]
  await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: endpoint, IpPermissions: to(instances) }))
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId: instances, IpPermissions: to(endpoint) }),
  )
  const [first] = NetworkInterfaces ?? []
  await ec2.send(
    new ModifyNetworkInterfaceAttributeCommand({
      NetworkInterfaceId: first?.NetworkInterfaceId,
      Groups: [instances],
    }),
  )
  const { InstanceConnectEndpoint } = await ec2.send(
    new CreateInstanceConnectEndpointCommand({
      ...{ SubnetId, SecurityGroupIds: [endpoint], PreserveClientIp: false },
      TagSpecifications: [
        { ResourceType: 'instance-connect-endpoint', Tags: [{ Key: tag.sandbox, Value: 'shared' }] },
      ],
    }),
  )
  const { InstanceConnectEndpointId: endpointId = '', DnsName: dnsName = '' } = InstanceConnectEndpoint ?? {}
  return { endpointId, dnsName, privateIp: PrivateIpAddress, groups: { instances, endpoint } }
}

const launcher = join(root, 'scripts', 'launch.mjs')

/** Sockets of ssh lie in it, and their paths may have 108 bytes, wherever TMPDIR leads. */
export const shortFolder = '/tmp'

/** As ssh:config would write it, in a place of the test's own. */
const renderConfig = (folder: string, instanceId: string): string =>
  [
    'Host sandbox-alice',
    `HostName ${instanceId}`,
    `HostKeyAlias ${instanceId}`,
    'User kiro',
    `IdentityFile ${join(folder, 'id')}`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    `UserKnownHostsFile ${join(folder, 'known_hosts')}`,
    'StrictHostKeyChecking yes',
    'UpdateHostKeys no',
    'BatchMode yes',
    `ProxyCommand ${process.execPath} ${launcher} ssh:proxy --user alice --key ${join(folder, 'id.pub')}`,
    '',
  ].join('\n')

export const makeKey = async (file: string): Promise<void> => {
  const made = await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file], {})
  if (made.code !== 0) throw new Error(made.stderr)
}

/** The sandbox of alice with the way ssh takes to it; one machine for all tests of a file. */
export const openPlace = async (): Promise<Place> => {
  const sandbox = await openSandbox()
  const folder = mkdtempSync(join(shortFolder, 'graviton-ssh-'))
  try {
    const network = await openNetwork(sandbox)
    await makeKey(join(folder, 'id'))
    const hostKey = await sandbox.run('cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub')
    writeFileSync(join(folder, 'known_hosts'), `${sandbox.instanceId} ${hostKey}\n`)
    const config = join(folder, 'config')
    writeFileSync(config, renderConfig(folder, sandbox.instanceId))
    // The bundle of a state folder is made by whoever is the first in it.
    await run(process.execPath, [launcher, 'ssh:proxy', '--help'], sandbox)
    return {
      ...{ ...sandbox, ...network, folder, config },
      ssh: (args, how = {}) => run('ssh', ['-F', config, ...args], { env: sandbox.env, ...how }),
      async close() {
        await sandbox.room.close()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await sandbox.room.close()
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

/** How often such a call was made up to now. */
export const countCalls = async ({ room }: Sandbox, wanted: string): Promise<number> =>
  (await readJournal(room.room, room.clients)).filter(({ operation }) => operation === wanted).length
