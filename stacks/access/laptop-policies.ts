import type { LaptopRoleName } from '../../config/laptop-roles.ts'
import type { LaptopRolesSpec } from '../../config/laptop-roles-spec.ts'
import { names, tag } from '../../config/names.ts'
import { elevatedBoundary } from './elevated-boundary.ts'
import { elevatedStrict } from './elevated-strict.ts'
import { type PolicyDocument, policy, type Statement } from './policy.ts'
import { outOfReach, powerUserExtras } from './power-user.ts'
import { readOnlyAccessArn } from './read-only-access.ts'
import { readonlyPolicies } from './readonly-policies.ts'
import { loginsWith } from './trust.ts'

/** What a role on a laptop may do, and the most it ever could. */
export interface LaptopPolicies {
  /** ARN of a policy of AWS. */
  readonly managed: string | undefined
  readonly own: PolicyDocument | undefined
  /** ARN of AWS's, or one of `names.laptop.boundaries`. */
  readonly boundary: string
}

/** AWS's ReadOnlyAccess less what agents should not carry away; the lists are those of the sandbox. */
const reading = ({ access }: LaptopRolesSpec): LaptopPolicies => {
  const statements = readonlyPolicies(access.readonly).flatMap(([, document]) => document.Statement)
  return {
    managed: readOnlyAccessArn,
    own: statements.length === 0 ? undefined : policy(...statements),
    boundary: readOnlyAccessArn,
  }
}

/** What an elevated sandbox does inside a window; here the login takes the window's place. */
const devWrites: readonly Statement[] = [
  {
    Sid: 'LaptopWrite',
    Effect: 'Allow',
    NotAction: outOfReach,
    Resource: '*',
  },
  {
    Sid: 'LaptopWriteExtras',
    Effect: 'Allow',
    Action: powerUserExtras,
    Resource: '*',
  },
]

/** Named actions on things that people have tagged for it, and nothing else: not even reading. */
const prodWrites = ({ prodWriteActions }: LaptopRolesSpec): PolicyDocument =>
  policy({
    Sid: 'EditableThings',
    Effect: 'Allow',
    Action: prodWriteActions,
    Resource: '*',
    Condition: { StringEquals: { [`aws:ResourceTag/${tag.editable}`]: 'true' } },
  })

export const laptopPolicies = (spec: LaptopRolesSpec, role: LaptopRoleName): LaptopPolicies => {
  const { boundaries } = names.laptop
  if (role === 'devWrite') {
    const strict = spec.access.elevated.strict ? elevatedStrict().Statement : []
    return {
      managed: undefined,
      own: policy(...devWrites, ...strict),
      boundary: boundaries.devWrite,
    }
  }
  if (role === 'prodWrite')
    return { managed: undefined, own: prodWrites(spec), boundary: boundaries.prodWrite }
  return reading(spec)
}

/** The dev boundary is that of the elevated roles; the other knows the few actions, whatever is attached by mistake. */
export const laptopBoundary = (spec: LaptopRolesSpec, role: 'devWrite' | 'prodWrite'): PolicyDocument =>
  role === 'devWrite'
    ? elevatedBoundary({
        accountId: spec.accountId,
        region: spec.workRegion,
        state: { bucket: names.stateBucket(spec.accountId, spec.workRegion), region: spec.workRegion },
      })
    : policy({
        Sid: 'ProdCeiling',
        Effect: 'Allow',
        Action: spec.prodWriteActions,
        Resource: '*',
      })

/**
 * Plain roles: whoever logged in with one permission set of Identity Center, by the role it made in this account, and
 * under the name of that login. All engineers share these roles, so the session name is all that tells them apart. No
 * variable holds the name of a login alone, but behind the colon of aws:userid it stands: so the name that is asked for
 * becomes the pattern. aws:username is for IAM users and has no value here. The AWS CLI invents a session name where
 * its profile has none: such a profile needs role_session_name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse
 * https://github.com/aws/aws-cli/issues/8797
 */
export const trustOfLaptopRole = (accountId: string, loginPermissionSet: string): PolicyDocument =>
  policy({
    Sid: 'SsoSessionOnly',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: 'sts:AssumeRole',
    Condition: {
      ArnLike: { 'aws:PrincipalArn': loginsWith(accountId, loginPermissionSet) },
      StringLike: { 'aws:userid': '*:${sts:RoleSessionName}' },
    },
  })
