import { DataAwsSsoadminInstances } from '@cdktf/provider-aws/lib/data-aws-ssoadmin-instances/index.js'
import { SsoadminAccountAssignment } from '@cdktf/provider-aws/lib/ssoadmin-account-assignment/index.js'
import { SsoadminManagedPolicyAttachment } from '@cdktf/provider-aws/lib/ssoadmin-managed-policy-attachment/index.js'
import { SsoadminPermissionSet } from '@cdktf/provider-aws/lib/ssoadmin-permission-set/index.js'
import { SsoadminPermissionSetInlinePolicy } from '@cdktf/provider-aws/lib/ssoadmin-permission-set-inline-policy/index.js'
import { SsoadminPermissionsBoundaryAttachment } from '@cdktf/provider-aws/lib/ssoadmin-permissions-boundary-attachment/index.js'
import { Fn, type ITerraformDependable } from 'cdktf'
import { Construct } from 'constructs'
import type { LaptopRole, LaptopRolesSpec } from '../config/laptop-roles-spec.ts'
import { type LaptopPolicies, laptopPolicies } from './access/laptop-policies.ts'
import { renderPolicy } from './access/policy.ts'

const about: Readonly<Record<LaptopRole['role'], string>> = {
  readonly: 'Kiro on a laptop reads',
  devWrite: 'Kiro on a laptop changes things in development',
  prodReadonly: 'Kiro on a laptop reads production',
  prodWrite: 'Kiro on a laptop changes a few things in production',
}

/** One permission set per role, with the groups that get it in the role's account. */
export class LaptopPermissionSets extends Construct {
  private readonly instanceArn: string

  /** @param after what must stand before AWS makes roles of the sets: boundaries of this account */
  constructor(scope: Construct, id: string, spec: LaptopRolesSpec, after: readonly ITerraformDependable[]) {
    super(scope, id)
    const instances = new DataAwsSsoadminInstances(this, 'identity-center')
    this.instanceArn = Fn.element(Fn.tolist(instances.arns), 0)
    for (const role of spec.roles) this.add(spec, role, after)
  }

  private add(spec: LaptopRolesSpec, role: LaptopRole, after: readonly ITerraformDependable[]): void {
    const set = new SsoadminPermissionSet(this, role.role, {
      name: role.name,
      instanceArn: this.instanceArn,
      description: about[role.role],
      sessionDuration: `PT${spec.sessionHours}H`,
    })
    const of = { instanceArn: this.instanceArn, permissionSetArn: set.arn }
    const parts = this.policies(role, of, laptopPolicies(spec, role.role), after)
    // An assignment makes the role in the account, so it comes last, and goes first.
    role.groups.forEach((principalId, index) => {
      new SsoadminAccountAssignment(this, `${role.role}-group-${index}`, {
        ...{
          ...of,
          principalId,
          principalType: 'GROUP',
          targetId: role.accountId,
          targetType: 'AWS_ACCOUNT',
        },
        dependsOn: parts,
      })
    })
  }

  private policies(
    { role }: LaptopRole,
    of: { readonly instanceArn: string; readonly permissionSetArn: string },
    { managed, own, boundary }: LaptopPolicies,
    after: readonly ITerraformDependable[],
  ): ITerraformDependable[] {
    const ofAws = boundary.startsWith('arn:')
    const bounded = new SsoadminPermissionsBoundaryAttachment(this, `${role}-boundary`, {
      ...of,
      permissionsBoundary: ofAws
        ? { managedPolicyArn: boundary }
        : { customerManagedPolicyReference: { name: boundary, path: '/' } },
      // Made after the policy it names, and above all gone before it.
      dependsOn: [...after],
    })
    const parts: ITerraformDependable[] = [bounded]
    if (managed !== undefined)
      parts.push(
        new SsoadminManagedPolicyAttachment(this, `${role}-managed`, { ...of, managedPolicyArn: managed }),
      )
    if (own !== undefined)
      parts.push(
        new SsoadminPermissionSetInlinePolicy(this, `${role}-own`, {
          ...of,
          inlinePolicy: renderPolicy(own, 'inline'),
        }),
      )
    return parts
  }
}
