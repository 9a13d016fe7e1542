import { accessSettings } from '../../config/access.ts'
import type { Settings } from '../../config/settings.ts'

/**
 * The stacks the matrix is asked of. `as set` has the settings at hand; the others turn one switch of access and
 * leave the rest of it as the product ships it, so that every switch is proven wherever the proof runs.
 */
const switches = {
  shipped: {},
  'nat-eip': { binding: { mode: 'nat-eip', addresses: ['203.0.113.10/32'] } },
  vpce: { binding: { mode: 'vpce', addresses: ['203.0.113.10/32'] } },
  unbound: { binding: { mode: 'none' } },
  strict: { elevated: { strict: true } },
  login: { engineer: { permissionSet: 'KiroEngineer', sessionDomain: 'example.com' } },
  'all denied': {
    readonly: {
      deny: [
        ...['credentials', 'configuration', 'parameters', 'objects', 'databases', 'streams'],
        ...['code', 'people', 'logs'],
      ],
    },
  },
  opened: {
    readonly: { allow: ['lambda:ListFunctions', 'codecommit:GetFile'], readBuckets: ['kiro-proof-opened'] },
    engineer: { remoteForwarding: true },
  },
} as const

export type Variant = 'as set' | keyof typeof switches

export const variants: readonly Variant[] = [
  'as set',
  ...(Object.keys(switches) as (keyof typeof switches)[]),
]

export const planVariant = (settings: Settings, variant: Variant): Settings =>
  variant === 'as set' ? settings : { ...settings, access: accessSettings.parse(switches[variant]) }
