import {
  type LaptopRolesSpec,
  laptopRolesSpecSchema,
  planLaptopRolesSpec,
} from '../../config/laptop-roles-spec.ts'
import { names } from '../../config/names.ts'
import type { Settings } from '../../config/settings.ts'
import type { SideStack } from './side-stack.ts'

export const openLaptopRoles = async (
  settings: Settings,
  accountId: string,
): Promise<SideStack<LaptopRolesSpec>> => {
  const { renderLaptopRoles } = await import('../../stacks/synth-side.ts')
  return {
    stack: names.laptop.stack,
    title: 'roles for laptops',
    plan: () => planLaptopRolesSpec(settings, accountId),
    parse: (spec) => laptopRolesSpecSchema.safeParse(spec).data,
    render: renderLaptopRoles,
  }
}

/** One line each: what it is, where, and for whom. */
export const renderLaptopRoleList = ({ kind, roles }: LaptopRolesSpec): string =>
  roles
    .map(({ name, accountId, groups }) => {
      const whom =
        kind === 'roles'
          ? ''
          : groups.length === 0
            ? '  assigned to nobody yet'
            : `  ${groups.length} group(s)`
      return `${name}  ${kind === 'roles' ? 'role' : 'permission set'} for ${accountId}${whom}`
    })
    .join('\n')

/** What a permission set names and AWS looks for in each account where it is assigned. */
export const listMissingElsewhere = ({ kind, roles, accountId }: LaptopRolesSpec): string[] =>
  kind === 'roles'
    ? []
    : roles.flatMap(({ role, name, accountId: account }) =>
        account === accountId || (role !== 'devWrite' && role !== 'prodWrite')
          ? []
          : [`${name} needs the policy ${names.laptop.boundaries[role]} in ${account}: run this there first`],
      )
