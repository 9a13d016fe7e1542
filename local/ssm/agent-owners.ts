import * as z from 'zod'
import { answerJson } from '../gateway/json-api.ts'
import type { Owners } from '../gateway/owners.ts'
import type { Agents } from './agents.ts'
import {
  describeDocument,
  isRunShellScript,
  refuseVersion,
  renderDescription,
  renderDocument,
} from './documents.ts'
import { describeInstanceInformation, filterManaged, renderManaged } from './instance-information.ts'
import { planPage } from './page.ts'
import { updateInstanceInformation } from './update-instance-information.ts'

const connectionTarget = z.object({ Target: z.string().min(1).max(400) })

/** What agents say, and what is known of them. */
export const createAgentOwners = (agents: Agents): Owners => ({
  'ssm/UpdateInstanceInformation': answerJson(updateInstanceInformation, (said, request) => {
    agents.hear(said, request)
    return {}
  }),
  'ssm/DescribeInstanceInformation': answerJson(describeInstanceInformation, (input, { call }) => {
    const found = filterManaged(agents.list(call.region), input)
    const { items, next } = planPage(found, input.MaxResults, input.NextToken)
    return { InstanceInformationList: items.map(renderManaged), ...next }
  }),
  'ssm/GetConnectionStatus': answerJson(connectionTarget, ({ Target }, { call }) => {
    const managed = agents.list(call.region).find(({ machine }) => machine.instanceId === Target)
    return { Target, Status: managed?.status === 'Online' ? 'connected' : 'notconnected' }
  }),
})

/** Documents of people lie in moto; of those of AWS only the one that runs here can be described. */
export const documentOwners: Owners = {
  'ssm/DescribeDocument': async (request) =>
    namesRunShellScript(request.incoming.body)
      ? answerJson(describeDocument, ({ DocumentVersion }) => {
          refuseVersion(DocumentVersion)
          return renderDescription()
        })(request)
      : request.forward(),
  'ssm/GetDocument': async (request) =>
    namesRunShellScript(request.incoming.body)
      ? answerJson(describeDocument, ({ DocumentVersion, DocumentFormat }) => {
          refuseVersion(DocumentVersion)
          return renderDocument(DocumentFormat)
        })(request)
      : request.forward(),
}

function namesRunShellScript(body: Buffer): boolean {
  try {
    const { Name } = JSON.parse(body.toString()) as { Name?: unknown }
    return typeof Name === 'string' && isRunShellScript(Name)
  } catch {
    return false
  }
}
