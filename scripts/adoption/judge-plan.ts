import type { PlannedChange } from '../terraform/show-plan.ts'

export interface PlanJudgement {
  /** What becomes better, in words, each once. */
  readonly improvements: readonly string[]
  /** What an adoption must not do. Anything here, and nothing is done. */
  readonly refused: readonly string[]
}

/** What may change on a machine while it runs, and why. Everything else would stop, reboot or replace it. */
const onMachine: readonly (readonly [RegExp, string])[] = [
  [/^(tags|tags_all)(\.|$)/, 'tags: who owns the machine, and that it is a sandbox'],
  [/^root_block_device\.0\.(tags|tags_all)(\.|$)/, 'tags: who owns the machine, and that it is a sandbox'],
  [/^iam_instance_profile$/, 'role of the machine: its own, without parameters and secrets of the account'],
  [/^metadata_options\.0\.http_put_response_hop_limit$/, 'metadata: not beyond the machine itself'],
  [/^metadata_options\.0\.instance_metadata_tags$/, 'metadata: tags of the machine'],
  [/^monitoring$/, 'metrics every minute, as the settings say'],
  [/^credit_specification(\.|$)/, 'CPU credits: standard, no surprise on the bill'],
  // Of Terraform's own book-keeping; AWS knows nothing of them.
  [/^(user_data_replace_on_change|force_destroy|user_data_base64|user_data|timeouts)(\.|$)/, ''],
]

const onRoles: readonly (readonly [RegExp, string])[] = [
  [/^permissions_boundary$/, 'boundary: the most a role can ever do, whatever is attached to it'],
  [/^assume_role_policy$/, 'binding: roles answer this one machine, and its engineer by name'],
  [/^(tags|tags_all)(\.|$)/, 'tags: who owns the roles'],
  [/^(description|max_session_duration|force_detach_policies|inline_policy|managed_policy_arns)(\.|$)/, ''],
]

const rulesOf: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  aws_instance: onMachine,
  aws_iam_role: onRoles,
  aws_iam_instance_profile: onRoles,
}

/** AWS makes a profile and puts the role into it by two calls; a run that was cut off may have done the first alone. */
const isHalfMade = ({ type, filled }: PlannedChange, path: string): boolean =>
  type === 'aws_iam_instance_profile' && path === 'role' && filled.includes(path)

const made: readonly (readonly [RegExp, string])[] = [
  [/_boundary/, 'boundary: the most a role can ever do, whatever is attached to it'],
  [/deny|readonly/, 'readonly: without credentials, secrets and objects of the account'],
  [/^aws_iam_role\..*elevated/, 'window: elevated may do nothing until its engineer opens one'],
  [/^aws_iam_role\./, 'roles of the sandbox: bound to this one machine'],
]

/** Only what hangs on roles may be new; a second machine or a network never. */
const makeable = /^aws_iam_(role|policy|instance_profile|role_policy|role_policy_attachment)$/

const judgeOne = (change: PlannedChange, label: (address: string) => string): PlanJudgement => {
  const { address, type, actions, attributes } = change
  const refuse = (what: string) => ({ improvements: [], refused: [`${what} ${label(address)}`] })
  if (actions.includes('delete')) return refuse(actions.includes('create') ? 'replace' : 'remove')
  if (actions.includes('create'))
    return makeable.test(type)
      ? { improvements: made.flatMap(([pattern, why]) => (pattern.test(address) ? [why] : [])), refused: [] }
      : refuse('make')
  const rules = rulesOf[type] ?? []
  const weighed = attributes.filter((path) => !isHalfMade(change, path))
  const found = weighed.map((path) => ({ path, rule: rules.find(([pattern]) => pattern.test(path)) }))
  return {
    improvements: found.flatMap(({ rule }) => (rule === undefined || rule[1] === '' ? [] : [rule[1]])),
    refused: found.flatMap(({ path, rule }) =>
      rule === undefined ? [`change ${path} of ${label(address)}`] : [],
    ),
  }
}

/** What Terraform would do, weighed: a plan that does more than to improve what is there is refused as a whole. */
export const judgePlan = (
  changes: readonly PlannedChange[],
  label: (address: string) => string,
): PlanJudgement => {
  const judged = changes.map((change) => judgeOne(change, label))
  return {
    improvements: [...new Set(judged.flatMap(({ improvements }) => improvements))].sort(),
    refused: judged.flatMap(({ refused }) => refused),
  }
}
