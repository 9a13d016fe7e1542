import { z } from 'zod'

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

/** Settings of the network that all sandboxes of an account and region share. */
export const networkSettings = z.strictObject({
  cidr: z
    .string()
    .regex(cidr, 'an IPv4 range between /16 and /24 such as 10.20.0.0/16')
    .refine(inCidrRange, 'an IPv4 range whose parts are 0 to 255')
    .refine(isNetworkAddress, 'an IPv4 range that starts at its network address, such as 10.20.0.0/16')
    .default('10.20.0.0/16')
    .describe('address range of the VPC'),
  subnets: z.int().min(1).max(3).default(2).describe('private subnets, each in its own availability zone'),
  endpoints: z
    .array(z.enum(endpointServices))
    .refine((list) => new Set(list).size === list.length, 'each endpoint once')
    .default(['ssm', 'ssmmessages', 'ec2messages', 'sts', 'logs'])
    .describe(
      'interface endpoints, billed by the hour on AWS; sessions need ssm, ssmmessages, ec2messages and logs',
    ),
  instanceConnectEndpoint: z
    .boolean()
    .default(true)
    .describe('EC2 Instance Connect Endpoint for ssh and VS Code (no charge)'),
})
