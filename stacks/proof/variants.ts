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
  push: { engineer: { permissionSet: 'KiroEngineer', sessionDomain: 'example.com' } },
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

/** Push changes three documents and no more; they have a variant of their own, and all others open windows. */
const inMode = (settings: Settings, mode: Settings['elevation']['mode']): Settings => ({
  ...settings,
  elevation: { ...settings.elevation, mode },
})

export const planVariant = (settings: Settings, variant: Variant): Settings =>
  variant === 'as set'
    ? inMode(settings, 'window')
    : {
        ...inMode(settings, variant === 'push' ? 'push' : 'window'),
        access: accessSettings.parse(switches[variant]),
      }
