import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log/index.js'
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { Construct } from 'constructs'
import { names } from '../config/names.ts'
import type { NetworkSpec } from '../config/spec.ts'
import { flowLogsPolicy, trustOfFlowLogs } from './access/flow-logs-policy.ts'
import { renderPolicy } from './access/policy.ts'

/** Who spoke with whom, accepted or refused, in a log of its own. */
export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, { spec, vpcId }: { spec: NetworkSpec; vpcId: string }) {
    super(scope, id)
    const group = new CloudwatchLogGroup(this, 'log', {
      name: names.flowLogGroup,
      retentionInDays: spec.session.logRetentionDays,
    })
    const role = new IamRole(this, 'role', {
      name: names.flowLogsRole(spec.region),
      description: 'VPC flow logs of the network of Kiro sandboxes',
      assumeRolePolicy: renderPolicy(trustOfFlowLogs(spec), 'trust'),
    })
    const policy = new IamRolePolicy(this, 'policy', {
      name: 'kiro-flow-logs',
      role: role.name,
      policy: renderPolicy(flowLogsPolicy(spec), 'inline'),
    })
    new FlowLog(this, 'flow-log', {
      vpcId,
      trafficType: 'ALL',
      iamRoleArn: role.arn,
      logDestination: group.arn,
      dependsOn: [policy],
      tags: { Name: 'kiro-sandbox-flow-log' },
    })
  }
}
