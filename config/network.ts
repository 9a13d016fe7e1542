import * as z from 'zod'

const cidr = /^(?:\d{1,3}\.){3}\d{1,3}\/(?:1[6-9]|2[0-4])$/
const inCidrRange = (value: string) =>
  value
    .split(/[./]/)
    .slice(0, 4)
    .every((part) => Number(part) <= 255)

const isNetworkAddress = (value: string): boolean => {
  const [address = '', bits = ''] = value.split('/')
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  return number % 2 ** (32 - Number(bits)) === 0
}

/** Services a private subnet reaches through interface endpoints. */
export const endpointServices = ['ssm', 'ssmmessages', 'ec2messages', 'sts', 'logs', 'kms'] as const

/**
 * managed: a VPC of its own. existing: somebody else's VPC, in which security groups and, if asked for, an Instance
 * Connect Endpoint are made. simple: one subnet and one security group that are there, and nothing is made in them.
 */
export const networkModes = ['managed', 'existing', 'simple'] as const

/** What sandboxes reach of the world outside. */
export const egressPresets = ['locked', 'balanced', 'open'] as const

export type NetworkMode = (typeof networkModes)[number]
export type Egress = (typeof egressPresets)[number]

const idOf = (kind: string) =>
  z.string().regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), `an id such as ${kind}-0123456789abcdef0`)

const existing = z.strictObject({
  vpcId: idOf('vpc').describe('the VPC that is there'),
  subnetIds: z
    .array(idOf('subnet'))
    .min(1)
    .max(8)
    .refine((list) => new Set(list).size === list.length, 'each subnet once')
    .describe('its subnets in which sandboxes are placed'),
  connectEndpointGroupId: idOf('sg')
    .optional()
    .describe(
      'security group of an Instance Connect Endpoint that is there; sandboxes let it in on port 22. Then instanceConnectEndpoint is false',
    ),
  dnsFirewall: z
    .boolean()
    .default(false)
    .describe('egress balanced: yes, its DNS firewall may hold for everything in that VPC'),
})

const simple = z.strictObject({
  subnetId: idOf('subnet').describe('the subnet of all sandboxes'),
  securityGroupId: idOf('sg').describe('the security group of all sandboxes; what it lets out is the egress'),
})

/** Names beside those that Kiro, AWS, npm and GitHub need: `example.com`, `*.example.com`. */
const domain = z
  .string()
  .regex(
    /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'a name such as example.com or *.example.com',
  )

/** Settings of the network that all sandboxes of an account and region share. */
export const networkSettings = z
  .strictObject({
    mode: z
      .enum(networkModes)
      .default('managed')
      .describe(
        'managed: a VPC of its own; existing: in a VPC that is there; simple: one subnet and one security group that are there',
      ),
    egress: z
      .enum(egressPresets)
      .default('locked')
      .describe(
        'locked: AWS through endpoints only; balanced: HTTPS to what Kiro, AWS, npm and GitHub need, by DNS firewall; open: anything. In mode simple the security group decides. Machines of the local target reach AWS alone, whatever is said here',
      ),
    allowDomains: z
      .array(domain)
      .max(200)
      .refine((list) => new Set(list).size === list.length, 'each name once')
      .default([])
      .describe('egress balanced: further names that may be resolved'),
    flowLogs: z
      .boolean()
      .default(false)
      .describe('mode managed: log of all connections to CloudWatch, billed by volume'),
    existing: existing.optional().describe('mode existing: what is there'),
    simple: simple.optional().describe('mode simple: what is there'),
    cidr: z
      .string()
      .regex(cidr, 'an IPv4 range between /16 and /24 such as 10.20.0.0/16')
      .refine(inCidrRange, 'an IPv4 range whose parts are 0 to 255')
      .refine(isNetworkAddress, 'an IPv4 range that starts at its network address, such as 10.20.0.0/16')
      .default('10.20.0.0/16')
      .describe('address range of the VPC, also of one that is there'),
    subnets: z
      .int()
      .min(1)
      .max(3)
      .default(2)
      .describe('mode managed: private subnets, each in its own availability zone'),
    endpoints: z
      .array(z.enum(endpointServices))
      .refine((list) => new Set(list).size === list.length, 'each endpoint once')
      .default(['ssm', 'ssmmessages', 'ec2messages', 'sts', 'logs'])
      .describe(
        'mode managed: interface endpoints, billed by the hour on AWS; without a NAT gateway sessions need ssm, ssmmessages, ec2messages and logs',
      ),
    instanceConnectEndpoint: z
      .boolean()
      .default(true)
      .describe('make an EC2 Instance Connect Endpoint for ssh and VS Code (no charge); not in mode simple'),
  })
  .refine(({ mode, existing }) => mode !== 'existing' || existing !== undefined, {
    path: ['mode'],
    message: 'which needs network.existing with vpcId and subnetIds',
  })
  .refine(({ mode, simple }) => mode !== 'simple' || simple !== undefined, {
    path: ['mode'],
    message: 'which needs network.simple with subnetId and securityGroupId',
  })
  .refine(
    ({ mode, egress, existing }) =>
      mode !== 'existing' || egress !== 'balanced' || existing?.dnsFirewall === true,
    {
      path: ['egress'],
      message:
        'whose DNS firewall holds for everything in that VPC: say network.existing.dnsFirewall true if that is meant',
    },
  )
  .refine(
    ({ mode, instanceConnectEndpoint, existing }) =>
      mode !== 'existing' || !instanceConnectEndpoint || existing?.connectEndpointGroupId === undefined,
    {
      path: ['instanceConnectEndpoint'],
      message: 'but network.existing.connectEndpointGroupId names one that is there: a VPC needs one only',
    },
  )

export type NetworkSettings = z.infer<typeof networkSettings>

/** Interface endpoints that the network stack makes: only a VPC of its own gets any. */
export const endpointsMade = ({
  mode,
  endpoints,
}: Pick<NetworkSettings, 'mode' | 'endpoints'>): NetworkSettings['endpoints'] =>
  mode === 'managed' ? endpoints : []
