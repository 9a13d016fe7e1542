import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile/index.js'
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { Construct } from 'constructs'
import { names } from '../config/names.ts'
import type { NetworkSpec } from '../config/spec.ts'
import { builderPolicy } from './access/builder-policy.ts'
import { renderPolicy } from './access/policy.ts'
import { trustOfEc2Role } from './access/trust.ts'

/** What a machine is while it becomes an image, and the one that tries the image out. */
export class ImageBuilderRole extends Construct {
  constructor(scope: Construct, id: string, spec: NetworkSpec) {
    super(scope, id)
    const name = names.imageBuilderRole(spec.region)
    const role = new IamRole(this, 'role', {
      name,
      description: 'Machines that build images of Kiro sandboxes and try them out',
      assumeRolePolicy: renderPolicy(trustOfEc2Role(), 'trust'),
      maxSessionDuration: 3600,
    })
    new IamRolePolicy(this, 'policy', {
      name: 'kiro-image-builder',
      role: role.name,
      policy: renderPolicy(builderPolicy(spec), 'inline'),
    })
    new IamInstanceProfile(this, 'profile', { name, role: role.name })
  }
}
