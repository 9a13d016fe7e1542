import * as z from 'zod'

/** What the readonly role may be kept from reading, beside credentials; each group says what it holds. */
export const readonlyGroups = [
  'credentials',
  'configuration',
  'parameters',
  'objects',
  'databases',
  'streams',
  'code',
  'people',
  'logs',
] as const

export type ReadonlyGroup = (typeof readonlyGroups)[number]

const address = z
  .string()
  .regex(/^(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/, 'an IPv4 range such as 203.0.113.10/32')
  .refine((value) => {
    const [bits, ...parts] = value.split(/[./]/).map(Number).reverse()
    return (bits ?? 33) <= 32 && parts.every((part) => part <= 255)
  }, 'an IPv4 range whose parts are 0 to 255, with up to 32 bits')

const once = <T>(list: readonly T[]) => new Set(list).size === list.length

const readonly = z.strictObject({
  deny: z
    .array(z.enum(readonlyGroups))
    .refine(once, 'each group once')
    // Whoever looks for a fault needs its log; who keeps secrets in logs adds the group.
    .default(readonlyGroups.filter((group) => group !== 'logs'))
    .describe('what the readonly role may not read, although AWS counts it as reading'),
  allow: z
    .array(
      z
        .string()
        .regex(/^[a-z0-9-]+:[A-Za-z0-9]+$/, 'an action without wildcards such as lambda:ListFunctions'),
    )
    .refine(once, 'each action once')
    .default([])
    .describe('single actions of those groups that it may use all the same'),
  readBuckets: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'))
    .refine(once, 'each bucket once')
    .default([])
    .describe('buckets whose objects it may read'),
})

const elevated = z.strictObject({
  strict: z
    .boolean()
    .default(false)
    .describe('also inside a window: no code or secret of things that are not tagged kiro:editable = true'),
})

const engineer = z.strictObject({
  permissionSet: z
    .string()
    .regex(/^[A-Za-z0-9+=,.@-]{1,32}$/, 'the name of a permission set of IAM Identity Center')
    .optional()
    .describe('engineers with it may become kiro-elevated from their laptop too, inside a window'),
  sessionDomain: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/, 'what stands behind the @ such as example.com')
    .optional()
    .describe('engineers log in to IAM Identity Center as <user>@<sessionDomain>; without it as <user>'),
  remoteForwarding: z
    .boolean()
    .default(false)
    .describe('engineers may forward ports of hosts that their sandbox reaches'),
})

/** How a person elevates a sandbox. */
export const elevationMode = z.enum(['window', 'push']).default('window')

const bindingModes = ['nat-eip', 'vpce', 'none'] as const

const binding = <const T extends readonly [string, ...string[]]>(modes: T, normal: T[number]) =>
  z
    .strictObject({
      mode: z
        .enum(modes)
        .default(normal as never)
        .describe(
          'where credentials of a sandbox count: vpce behind its STS endpoint, nat-eip behind these addresses, none anywhere; auto: vpce where network.endpoints has sts',
        ),
      addresses: z
        .array(address)
        .refine(once, 'each range once')
        .default([])
        .describe(
          'addresses of the NAT gateway; with them readonly and elevated work from the sandbox network only',
        ),
    })
    .refine(
      ({ mode, addresses }) => mode !== 'nat-eip' || addresses.length > 0,
      'mode nat-eip with the addresses of the NAT gateway',
    )

export const accessSettings = z.strictObject({
  binding: binding(['auto', ...bindingModes], 'auto').prefault({}),
  readonly: readonly.prefault({}),
  elevated: elevated.prefault({}),
  engineer: engineer.prefault({}),
})

/** The same as a sandbox's roles are made from; a spec of before there was such a thing bound nothing. */
export const accessSpec = accessSettings.extend({ binding: binding(bindingModes, 'none').prefault({}) })

export type AccessSettings = z.infer<typeof accessSettings>
export type AccessSpec = z.infer<typeof accessSpec>

export const planAccess = (settings: AccessSettings, endpoints: readonly string[]): AccessSpec => {
  const { mode, addresses } = settings.binding
  const decided = mode !== 'auto' ? mode : endpoints.includes('sts') ? 'vpce' : 'none'
  return { ...settings, binding: { mode: decided as AccessSpec['binding']['mode'], addresses } }
}
