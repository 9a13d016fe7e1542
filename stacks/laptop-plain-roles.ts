import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js'
import { Construct } from 'constructs'
import type { LaptopRole, LaptopRolesSpec } from '../config/laptop-roles-spec.ts'
import { laptopPolicies, trustOfLaptopRole } from './access/laptop-policies.ts'
import { renderPolicy } from './access/policy.ts'

/** The same as roles of this account, where nobody here may write permission sets. */
export class LaptopPlainRoles extends Construct {
  constructor(
    scope: Construct,
    id: string,
    spec: LaptopRolesSpec,
    boundaryArns: Readonly<Record<string, string>>,
  ) {
    super(scope, id)
    if (spec.loginPermissionSet === undefined)
      throw new Error('plain roles without a login: the settings refuse it')
    const trust = renderPolicy(trustOfLaptopRole(spec.accountId, spec.loginPermissionSet), 'trust')
    for (const role of spec.roles) this.add(spec, role, trust, boundaryArns)
  }

  private add(
    spec: LaptopRolesSpec,
    { role, name }: LaptopRole,
    trust: string,
    boundaryArns: Readonly<Record<string, string>>,
  ): void {
    const { managed, own, boundary } = laptopPolicies(spec, role)
    const made = new IamRole(this, role, {
      name,
      description: 'Kiro on laptops',
      assumeRolePolicy: trust,
      maxSessionDuration: spec.sessionHours * 3600,
      permissionsBoundary: boundaryArns[boundary] ?? boundary,
    })
    if (managed !== undefined)
      new IamRolePolicyAttachment(this, `${role}-managed`, { role: made.name, policyArn: managed })
    if (own !== undefined)
      new IamRolePolicy(this, `${role}-own`, {
        name: 'kiro-laptop',
        role: made.name,
        policy: renderPolicy(own, 'inline'),
      })
  }
}
