import type { Instance, Volume } from '../guests/instance.ts'
import type { RoleCredentials } from './credentials.ts'
import { renderCredentials, renderIdentityDocument, renderNoCredentials, renderProfile } from './documents.ts'

/** A value, or one that has to be asked for. */
export type Leaf = string | Buffer | (() => Promise<string>)
export interface Directory {
  readonly entries: Readonly<Record<string, Leaf | Directory>>
  /** When a listing shows something else than the names of the entries. */
  readonly listing?: string
}

export type Node = Leaf | Directory

export const isDirectory = (node: Node): node is Directory =>
  typeof node === 'object' && !Buffer.isBuffer(node)

const directory = (entries: Directory['entries'], listing?: string): Directory =>
  listing === undefined ? { entries } : { entries, listing }

const planDevices = (volumes: readonly Volume[]): Directory => {
  const root = volumes.find((volume) => volume.root)
  const others = volumes.filter((volume) => !volume.root)
  return directory({
    ...(root === undefined ? {} : { ami: root.device, root: root.device }),
    ...Object.fromEntries(
      others.map(({ device }, index) => [`ebs${index + 1}`, device.replace(/^\/dev\//, '')]),
    ),
  })
}

const planInterface = ({ accountId, network }: Instance): Directory =>
  directory({
    'device-number': '0',
    'interface-id': network.interfaceId,
    'local-hostname': network.privateDnsName,
    'local-ipv4s': network.privateIp,
    mac: network.mac,
    'owner-id': accountId,
    'security-group-ids': network.securityGroups.map(({ id }) => id).join('\n'),
    'security-groups': network.securityGroups.map(({ name }) => name).join('\n'),
    'subnet-id': network.subnetId,
    'subnet-ipv4-cidr-block': network.subnetCidr,
    'vpc-id': network.vpcId,
    'vpc-ipv4-cidr-block': network.vpcCidr,
    'vpc-ipv4-cidr-blocks': network.vpcCidr,
  })

export type FindCredentials = () => Promise<RoleCredentials | undefined>

const planIam = ({ profile, launchTime }: Instance, credentials: FindCredentials): Directory['entries'] => {
  if (profile === null) return {}
  const updated = async () => (await credentials())?.lastUpdated ?? launchTime
  const { roleName } = profile
  const show = async (name: string) => {
    const found = await credentials()
    return found === undefined ? renderNoCredentials(name, launchTime) : renderCredentials(found)
  }
  return {
    iam: directory({
      info: async () => renderProfile(profile, await updated()),
      'security-credentials': directory(roleName === null ? {} : { [roleName]: () => show(roleName) }),
    }),
  }
}

/** A key with a slash or a space has no place in a path; EC2 leaves it out. */
const planTags = ({ metadata, tags }: Instance): Directory['entries'] =>
  metadata.instanceTags === 'enabled'
    ? {
        tags: directory({
          instance: directory(
            Object.fromEntries(Object.entries(tags).filter(([key]) => !/[/ ]/.test(key) && key !== '')),
          ),
        }),
      }
    : {}

const planKey = ({ key }: Instance): Directory['entries'] =>
  key === null || key.publicKey === null
    ? {}
    : {
        'public-keys': directory(
          { 0: directory({ 'openssh-key': `${key.publicKey.trim()}\n` }) },
          `0=${key.name}`,
        ),
      }

type ActiveKeys = Readonly<Record<string, string>>

/** Where sshd looks for them. Without a signer's certificate: only AWS has one.
 * https://github.com/aws/aws-ec2-instance-connect-config */
const planManagedKeys = (keys: ActiveKeys): Directory['entries'] =>
  Object.keys(keys).length === 0
    ? {}
    : { 'managed-ssh-keys': directory({ 'active-keys': directory({ ...keys }) }) }

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html#instancedata-data-categories */
const planMetadata = (instance: Instance, credentials: FindCredentials, keys: ActiveKeys): Directory => {
  const { network, image } = instance
  return directory({
    'ami-id': image.imageId,
    'ami-launch-index': String(instance.launchIndex),
    'ami-manifest-path': '(unknown)',
    'block-device-mapping': planDevices(instance.volumes),
    events: directory({ maintenance: directory({ history: '[]', scheduled: '[]' }) }),
    hostname: network.privateDnsName,
    ...planIam(instance, credentials),
    'instance-action': 'none',
    'instance-id': instance.instanceId,
    'instance-life-cycle': 'on-demand',
    'instance-type': instance.instanceType,
    'local-hostname': network.privateDnsName,
    'local-ipv4': network.privateIp,
    mac: network.mac,
    ...planManagedKeys(keys),
    network: directory({
      interfaces: directory({ macs: directory({ [network.mac]: planInterface(instance) }) }),
    }),
    placement: directory({
      'availability-zone': network.availabilityZone,
      'availability-zone-id': network.availabilityZoneId,
      region: instance.region,
    }),
    profile: 'default-hvm',
    ...planKey(instance),
    'reservation-id': instance.reservationId,
    'security-groups': network.securityGroups.map(({ name }) => name).join('\n'),
    services: directory({ domain: 'amazonaws.com', partition: 'aws' }),
    system: 'nitro',
    ...planTags(instance),
  })
}

/** What lies below each version. They differ on AWS in what was not yet there; here all are as the latest. */
export const planTree = (instance: Instance, credentials: FindCredentials, keys: ActiveKeys): Directory =>
  directory({
    // No signature, pkcs7 and rsa2048: only AWS holds the keys that people verify them with.
    dynamic: directory({
      'instance-identity': directory({ document: renderIdentityDocument(instance) }),
    }),
    'meta-data': planMetadata(instance, credentials, keys),
    ...(instance.userData === null ? {} : { 'user-data': Buffer.from(instance.userData, 'base64') }),
  })
