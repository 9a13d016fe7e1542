import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile/index.js'
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js'
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js'
import { Construct } from 'constructs'
import { names, tag } from '../config/names.ts'
import type { SandboxSpec } from '../config/spec.ts'
import { elevatedBoundary } from './access/elevated-boundary.ts'
import { elevatedStanding } from './access/elevated-standing.ts'
import { elevatedStrict } from './access/elevated-strict.ts'
import { instancePolicy } from './access/instance-policy.ts'
import { sandboxPerimeter } from './access/perimeter.ts'
import { type PolicyDocument, renderPolicy } from './access/policy.ts'
import { readonlyPolicies } from './access/readonly-policies.ts'
import { trustOfEc2Role, trustOfElevated, trustOfReadonly } from './access/trust.ts'

const readOnlyAccess = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

/** A session made from instance credentials is a chained one, and chained sessions last an hour at most.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
const oneHour = 3600

/** What the machine itself may do: speak with Session Manager and become one of its engineer's two roles. */
export class InstanceRole extends Construct {
  /** The instance waits for this, so that its agent has permissions at the first boot. */
  readonly permissions: IamRolePolicy

  constructor(scope: Construct, id: string, spec: SandboxSpec) {
    super(scope, id)
    const role = new IamRole(this, 'role', {
      name: names.ec2Role(spec.user),
      description: `Instance of ${spec.user}'s Kiro sandbox`,
      assumeRolePolicy: renderPolicy(trustOfEc2Role(), 'trust'),
      maxSessionDuration: oneHour,
    })
    this.permissions = new IamRolePolicy(this, 'policy', {
      name: 'kiro-instance',
      role: role.name,
      policy: renderPolicy(instancePolicy(spec), 'inline'),
    })
    new IamInstanceProfile(this, 'profile', { name: names.instanceProfile(spec.user), role: role.name })
  }
}

/** The two roles Kiro works with; both can be assumed from one instance only. */
export class SandboxRoles extends Construct {
  readonly readonlyArn: string
  readonly elevatedArn: string

  constructor(scope: Construct, id: string, spec: SandboxSpec, instanceArn: string) {
    super(scope, id)
    const readonly = this.readonlyRole(spec, renderPolicy(trustOfReadonly(spec, instanceArn), 'trust'))
    const elevated = this.elevatedRole(spec, renderPolicy(trustOfElevated(spec, instanceArn), 'trust'))
    this.perimeter(spec, { readonly, elevated })
    this.readonlyArn = readonly.arn
    this.elevatedArn = elevated.arn
  }

  private managed(id: string, name: string, description: string, document: PolicyDocument): IamPolicy {
    return new IamPolicy(this, id, { name, description, policy: renderPolicy(document, 'managed') })
  }

  private perimeter(spec: SandboxSpec, roles: Readonly<Record<string, IamRole>>): void {
    const document = sandboxPerimeter(spec)
    if (document === undefined) return
    const description = `Credentials of ${spec.user}'s sandbox work from its network only`
    const policy = this.managed('perimeter', names.sandboxPerimeter(spec.user), description, document)
    for (const [id, role] of Object.entries(roles))
      new IamRolePolicyAttachment(this, `${id}-perimeter`, { role: role.name, policyArn: policy.arn })
  }

  private readonlyRole({ user, access }: SandboxSpec, trust: string): IamRole {
    const role = new IamRole(this, 'readonly', {
      name: names.readonlyRole(user),
      description: `Kiro reads as ${user}`,
      assumeRolePolicy: trust,
      maxSessionDuration: oneHour,
      // The same policy as ceiling: whatever is attached by mistake, it stays read-only.
      permissionsBoundary: readOnlyAccess,
    })
    new IamRolePolicyAttachment(this, 'readonly-access', { role: role.name, policyArn: readOnlyAccess })
    for (const [name, document] of readonlyPolicies(access.readonly)) {
      const description = `Takes back what ReadOnlyAccess reads too much for ${user}`
      const policy = this.managed(name, `kiro-readonly-${name}-${user}`, description, document)
      new IamRolePolicyAttachment(this, `${name}-attached`, { role: role.name, policyArn: policy.arn })
    }
    return role
  }

  /** No policy at all, but for push: permission comes with a window, opened from outside the box, and goes with it. */
  private elevatedRole(spec: SandboxSpec, trust: string): IamRole {
    const description = `The most ${spec.user}'s elevated role can ever do`
    const boundary = this.managed(
      'boundary',
      names.elevatedBoundary(spec.user),
      description,
      elevatedBoundary(spec),
    )
    const role = new IamRole(this, 'elevated', {
      name: names.elevatedRole(spec.user),
      description: `Kiro changes things as ${spec.user}, inside a window`,
      assumeRolePolicy: trust,
      maxSessionDuration: oneHour,
      permissionsBoundary: boundary.arn,
      // A window is an inline policy Terraform does not know of; it must not stand in the way of `down`.
      forceDetachPolicies: true,
      // Neither may its tags show as drift, while it is open or after.
      lifecycle: {
        ignoreChanges: [tag.elevatedUntil, tag.elevatedBy, tag.elevatedReason].flatMap((key) => [
          `tags["${key}"]`,
          `tags_all["${key}"]`,
        ]),
      },
    })
    if (spec.elevation.mode === 'push')
      // Under the name of a window: one that was left from before would deny everything from its end on.
      new IamRolePolicy(this, 'elevated-standing', {
        name: names.elevationWindow,
        role: role.name,
        policy: renderPolicy(elevatedStanding(), 'inline'),
      })
    if (spec.access.elevated.strict) {
      const text = `What ${spec.user}'s elevated role leaves alone inside a window`
      const strict = this.managed('strict', names.elevatedStrict(spec.user), text, elevatedStrict())
      new IamRolePolicyAttachment(this, 'strict-attached', { role: role.name, policyArn: strict.arn })
    }
    return role
  }
}
