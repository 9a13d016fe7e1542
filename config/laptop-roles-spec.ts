import * as z from 'zod'
import { accessSpec, planAccess } from './access.ts'
import { type LaptopRoleName, laptopRoleNames } from './laptop-roles.ts'
import { names } from './names.ts'
import type { Settings } from './settings.ts'
import { specVersion, stateSchema } from './spec.ts'
import { usageError } from './user-error.ts'

const accountId = z.string().regex(/^\d{12}$/)

const role = z.strictObject({
  role: z.enum(laptopRoleNames),
  /** Of the permission set, or of the plain role. */
  name: z.string(),
  accountId,
  groups: z.array(z.string()),
})

export const laptopRolesSpecSchema = z.strictObject({
  version: z.literal(specVersion),
  accountId,
  /** Of the provider: permission sets live where Identity Center is. */
  region: z.string(),
  /** The only region that may be written to. */
  workRegion: z.string(),
  state: stateSchema,
  kind: z.enum(['permissionSets', 'roles']),
  /** Permission sets to make here, or plain roles of this account. */
  roles: z.array(role),
  /** Boundaries that this account needs, as a permission set names them and does not bring them along. */
  boundaries: z.array(z.enum(['devWrite', 'prodWrite'])),
  loginPermissionSet: z.string().optional(),
  sessionHours: z.int(),
  access: accessSpec.pick({ readonly: true, elevated: true }),
  prodWriteActions: z.array(z.string()),
})

/** What the roles of Kiro on laptops are made from, as far as one account is concerned. */
export type LaptopRolesSpec = z.infer<typeof laptopRolesSpecSchema>
export type LaptopRole = LaptopRolesSpec['roles'][number]

const isOfProd = (name: LaptopRoleName) => name === 'prodReadonly' || name === 'prodWrite'

/** All there are by the settings; without an account for production there is nothing of production. */
const planRoles = ({ laptop, laptopRoles }: Settings, dev: string): LaptopRole[] =>
  laptopRoleNames.flatMap((name) => {
    const account = isOfProd(name) ? laptop.prodAccountId : dev
    if (account === undefined || (name === 'prodWrite' && !laptop.prodWrite)) return []
    return [
      { role: name, name: laptop.permissionSets[name], accountId: account, groups: laptopRoles.groups[name] },
    ]
  })

/**
 * @param account the one that commands act in. Permission sets are made in the account of Identity Center, plain
 * roles and boundaries in those that they are for.
 * @throws UserError when the settings give this account nothing
 */
export const planLaptopRolesSpec = (settings: Settings, account: string): LaptopRolesSpec => {
  const { laptop, laptopRoles, region, access, network } = settings
  const { kind, identityCenterAccountId, loginPermissionSet, sessionHours, prodWriteActions } = laptopRoles
  const all = planRoles(settings, laptop.devAccountId ?? account)
  const here = all.filter(({ accountId: of }) => of === account)
  const sets = (identityCenterAccountId ?? account) === account
  const roles = kind === 'roles' ? here : sets ? all : []
  const boundaries = here.flatMap(({ role: name }) =>
    name === 'devWrite' || name === 'prodWrite' ? [name] : [],
  )
  if (roles.length === 0 && boundaries.length === 0)
    throw usageError(
      `the settings have no role for laptops in the account ${account}`,
      'name it in laptop.devAccountId, laptop.prodAccountId or laptopRoles.identityCenterAccountId',
    )
  const { readonly, elevated } = planAccess(access, network.endpoints)
  return {
    version: specVersion,
    accountId: account,
    region: kind === 'permissionSets' && sets ? (laptop.ssoRegion ?? region) : region,
    workRegion: laptop.region ?? region,
    state: { bucket: names.stateBucket(account, region), region },
    ...{ kind, roles, boundaries, sessionHours, prodWriteActions },
    ...(loginPermissionSet === undefined ? {} : { loginPermissionSet }),
    access: { readonly, elevated },
  }
}
