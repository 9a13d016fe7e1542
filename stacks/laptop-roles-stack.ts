import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js'
import { type App, TerraformOutput } from 'cdktf'
import type { LaptopRolesSpec } from '../config/laptop-roles-spec.ts'
import { names, tag } from '../config/names.ts'
import { laptopBoundary } from './access/laptop-policies.ts'
import { renderPolicy } from './access/policy.ts'
import { BaseStack } from './base-stack.ts'
import { LaptopPermissionSets } from './laptop-permission-sets.ts'
import { LaptopPlainRoles } from './laptop-plain-roles.ts'

/** What Kiro on laptops may become, as far as it is made in one account. */
export class LaptopRolesStack extends BaseStack {
  constructor(app: App, spec: LaptopRolesSpec) {
    super(app, names.laptop.stack, {
      ...spec,
      tags: { [tag.sandbox]: 'shared', [tag.component]: names.laptop.stack },
    })
    const boundaries = spec.boundaries.map(
      (role) =>
        new IamPolicy(this, `${role}-boundary`, {
          name: names.laptop.boundaries[role],
          description: 'The most that a role of Kiro on laptops can ever do',
          policy: renderPolicy(laptopBoundary(spec, role), 'managed'),
        }),
    )
    if (spec.kind === 'roles') {
      const arns = spec.boundaries.map((role, index) => [
        names.laptop.boundaries[role],
        boundaries[index]?.arn,
      ])
      new LaptopPlainRoles(this, 'roles', spec, Object.fromEntries(arns))
    } else if (spec.roles.length > 0) new LaptopPermissionSets(this, 'sets', spec, boundaries)
    new TerraformOutput(this, 'spec', { value: JSON.stringify(spec) }).overrideLogicalId('spec')
  }
}
