import { type App, TerraformOutput } from 'cdktf'
import { names, tag } from '../config/names.ts'
import type { SandboxSpec } from '../config/spec.ts'
import { engineerPolicy } from './access/engineer-policy.ts'
import { renderPolicy } from './access/policy.ts'
import { BaseStack } from './base-stack.ts'
import { SandboxInstance } from './sandbox-instance.ts'
import { InstanceRole, SandboxRoles } from './sandbox-roles.ts'

/** One engineer's sandbox: the machine and the three roles around it. */
export class SandboxStack extends BaseStack {
  constructor(app: App, spec: SandboxSpec, userData: string) {
    super(app, names.sandboxStack(spec.user), {
      ...spec,
      tags: { [tag.sandbox]: spec.user, [tag.owner]: spec.user },
    })
    const role = new InstanceRole(this, 'instance-role', spec)
    const { machine } = new SandboxInstance(this, 'sandbox', { spec, userData, after: [role.permissions] })
    const roles = new SandboxRoles(this, 'roles', spec, machine.arn)
    this.output('instanceId', machine.id)
    this.output('privateIp', machine.privateIp)
    this.output('readonlyRoleArn', roles.readonlyArn)
    this.output('elevatedRoleArn', roles.elevatedArn)
    // For the permission set of this engineer; also printed by access:policy.
    this.output('engineerPolicy', renderPolicy(engineerPolicy(spec, machine.privateIp), 'inline'))
    this.output('spec', JSON.stringify(spec))
  }

  private output(name: string, value: string): void {
    new TerraformOutput(this, name, { value }).overrideLogicalId(name)
  }
}
