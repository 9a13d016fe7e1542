import { type LaptopRoleName, laptopRoleNames } from '../../config/laptop-roles.ts'
import { planLaptopRolesSpec } from '../../config/laptop-roles-spec.ts'
import type { Settings } from '../../config/settings.ts'
import { renderLaptopRoles } from '../synth-side.ts'
import { type Attributes, type FilledIn, fillIn, type TerraformJson } from './references.ts'
import { readRoles, type StackRoles } from './roles.ts'

/** Another account than the sandboxes'; which one decides nothing. */
export const prodAccountId = '444455556666'
/** Whose logins become the plain roles. */
const login = 'KiroEngineer'

/** Both ways of making a role, and both that read, have one policy text: it is proven once, as one document. */
const documentOf = (role: LaptopRoleName): string =>
  `laptop ${role === 'prodReadonly' ? 'readonly' : role}/own`

const arnOfSet = (name: string, accountId: string): string =>
  `arn:aws:iam::${accountId}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_${name}_0a1b2c3d4e5f6071`

interface Boundary {
  readonly managed_policy_arn?: string
  readonly customer_managed_policy_reference?: { readonly name?: string }
}

/** A role as Identity Center would make it of a permission set: of what refers to the set in the Terraform JSON. */
const readSet = (
  json: TerraformJson,
  filled: FilledIn,
  role: LaptopRoleName,
  accountId: string,
): StackRoles => {
  const sets = Object.entries(json.resource.aws_ssoadmin_permission_set ?? {})
  const [id, set] = sets.find(([key]) => key.startsWith(`sets_${role}_`)) ?? []
  if (id === undefined) throw new Error(`there is no permission set for ${role}`)
  const of = (type: string): Attributes | undefined =>
    Object.values(json.resource[type] ?? {}).find(({ permission_set_arn }) =>
      String(permission_set_arn).includes(`.${id}.`),
    )
  const own = of('aws_ssoadmin_permission_set_inline_policy')?.inline_policy
  const managed = of('aws_ssoadmin_managed_policy_attachment')?.managed_policy_arn
  const boundary = of('aws_ssoadmin_permissions_boundary_attachment')?.permissions_boundary as
    | Boundary
    | undefined
  const name = `laptop ${role}`
  const facts = {
    ...{ name, arn: arnOfSet(String(set?.name), accountId), trust: undefined },
    identity: [managed, own === undefined ? undefined : documentOf(role)].flatMap((one) =>
      one === undefined ? [] : [String(one)],
    ),
    boundary: boundary?.managed_policy_arn ?? boundary?.customer_managed_policy_reference?.name,
  }
  const text = own === undefined ? undefined : fillIn(json, filled, String(own))
  return {
    roles: new Map([[name, facts]]),
    policies: new Map(text === undefined ? [] : [[documentOf(role), text]]),
  }
}

/** Plain roles of one account under the names of the proof, and the boundaries of that account. */
const readPlain = (settings: Settings, filled: FilledIn): StackRoles => {
  const spec = planLaptopRolesSpec(settings, filled.accountId)
  const { roles, policies } = readRoles(JSON.parse(renderLaptopRoles(spec)), filled)
  const own = (name: string) => `${name}/kiro-laptop`
  const renamed = new Map(spec.roles.map(({ role, name }) => [own(name), documentOf(role)]))
  const rename = (name: string) => renamed.get(name) ?? name
  return {
    roles: new Map(
      spec.roles.flatMap(({ role, name }) => {
        const found = roles.get(name)
        const as = `plain ${role}`
        return found === undefined
          ? []
          : [[as, { ...found, name: as, identity: found.identity.map(rename) }] as const]
      }),
    ),
    policies: new Map([...policies].map(([name, text]) => [rename(name), text])),
  }
}

/** @throws Error for two texts under one name: only one of them would be proven */
const refuseTwoTexts = (stacks: readonly StackRoles[]): void => {
  const seen = new Map<string, string>()
  for (const [name, text] of stacks.flatMap(({ policies }) => [...policies])) {
    if ((seen.get(name) ?? text) !== text) throw new Error(`${name} has two texts`)
    seen.set(name, text)
  }
}

/** Both ways of making them, in both accounts, whichever the settings choose. */
export const readLaptopRoles = (settings: Settings, own: FilledIn): readonly StackRoles[] => {
  const { accountId } = own
  const as = (kind: 'permissionSets' | 'roles'): Settings => ({
    ...settings,
    laptop: { ...settings.laptop, devAccountId: accountId, prodAccountId, prodWrite: true },
    laptopRoles: {
      ...settings.laptopRoles,
      ...{ kind, identityCenterAccountId: accountId, loginPermissionSet: login },
    },
  })
  const json = JSON.parse(renderLaptopRoles(planLaptopRolesSpec(as('permissionSets'), accountId)))
  const stacks = [
    ...laptopRoleNames.map((role) =>
      readSet(json, own, role, role.startsWith('prod') ? prodAccountId : accountId),
    ),
    readPlain(as('roles'), own),
    readPlain(as('roles'), { ...own, accountId: prodAccountId }),
  ]
  refuseTwoTexts(stacks)
  return stacks
}
