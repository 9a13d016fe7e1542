import { UserError } from '../../config/user-error.ts'
import type { Finding } from '../../stacks/proof/prove.ts'
import type { World } from '../../stacks/proof/world.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'
import { type LiveQuestion, parseLiveDecision, planLiveQuestion } from './plan-live.ts'

/** Calls at a time; IAM slows down whoever asks much more, and the SDK then tries again. */
const lanes = 4

type Ask = (question: LiveQuestion) => Promise<string | undefined>

const openSimulator = async (sdk: SdkConfig): Promise<Ask> => {
  const { IAMClient, SimulateCustomPolicyCommand, SimulatePrincipalPolicyCommand } = await import(
    '../aws/sdk/iam.ts'
  )
  const client = new IAMClient({ ...sdk, maxAttempts: 8 })
  return async ({ PolicySourceArn, ...question }) => {
    const answer = await (PolicySourceArn === undefined
      ? client.send(
          new SimulateCustomPolicyCommand({ ...question, PolicyInputList: question.PolicyInputList }),
        )
      : client.send(new SimulatePrincipalPolicyCommand({ ...question, PolicySourceArn }))
    ).catch((error: unknown) => {
      if (isAwsError(error, 'NoSuchEntity', 'NoSuchEntityException'))
        throw new UserError(`AWS has no role ${PolicySourceArn}, so it cannot be asked about it`, {
          hint: 'npm run sandbox:up first, or leave --live out',
        })
      return awsCall('ask the policy simulator', () => Promise.reject(error))
    })
    return answer.EvaluationResults?.[0]?.EvalDecision
  }
}

export interface LiveProof {
  /** Rows that AWS was asked about, with its verdict in place of ours. The reason is not compared. */
  readonly findings: readonly Finding[]
  /** Rows that the simulator cannot be asked. */
  readonly left: number
}

/** Asks AWS's own simulator with the credentials at hand, about the roles that stand in the account. */
export const askLive = async (
  sdk: SdkConfig,
  world: World,
  findings: readonly Finding[],
  signal: AbortSignal,
): Promise<LiveProof> => {
  const ask = await openSimulator(sdk)
  const planned = findings.flatMap((finding) => {
    const question = planLiveQuestion(world, finding)
    return question === undefined ? [] : [{ finding, question }]
  })
  const answered = new Map<Finding, Finding>()
  const queue = [...planned]
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      signal.throwIfAborted()
      const decision = parseLiveDecision(await ask(next.question))
      const found = { decision, reason: "AWS's policy simulator" }
      answered.set(next.finding, { ...next.finding, found, holds: decision === next.finding.row.expect })
    }
  }
  await Promise.all(Array.from({ length: lanes }, work))
  return {
    findings: planned.flatMap(({ finding }) => answered.get(finding) ?? []),
    left: findings.length - planned.length,
  }
}
