import { exitCode, UserError, usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'
import type { Io } from './cli/io.ts'

const name = 'access:policy'

export const command = defineCommand({
  name,
  summary:
    "print an engineer's own policy, ready for a permission set of IAM Identity Center, or the operator's",
  flags: {
    user: common.user,
    abac: {
      type: 'boolean',
      about: 'one policy for all engineers, who are told apart by the tag kiro:owner',
    },
    operator: {
      type: 'boolean',
      about: 'policies of whoever runs these commands: several managed ones, all of them needed',
    },
    part: { type: 'string', value: 'name', about: 'with --operator, one of them alone, ready for IAM' },
    target: common.target,
    config: common.config,
    json: common.json,
    yes: common.yes,
  },
  examples: [
    'npm run -s access:policy -- --user alice > alice.json',
    'npm run -s access:policy -- --abac > engineers.json',
    'npm run -s access:policy -- --operator --part ground > ground.json',
  ],
  run: async (flags, io) => {
    if (flags.operator) {
      if (flags.abac || flags.user.length > 0)
        throw usageError('--operator is about nobody in particular: without --user and --abac')
      return printOperator(flags, io)
    }
    if (flags.part !== undefined) throw usageError('--part goes with --operator')
    const { planPaths } = await import('../config/paths.ts')
    const { loadSettings } = await import('./settings-file.ts')
    const { withTarget } = await import('./target.ts')
    const { openContext, parseUsers, renderCommand } = await import('./sandbox/context.ts')
    const { findEngineerPolicy, permissionSetLimit, planTeamPolicy } = await import('./access/engineer.ts')
    const { policySize } = await import('../stacks/access/policy.ts')
    // Who asks for one policy for all may name an engineer all the same; it makes no difference.
    const users = flags.abac && flags.user.length === 0 ? [] : parseUsers(name, flags.user)
    const [user] = users
    if (users.length > 1) throw usageError('one policy at a time: --user once')
    const policy =
      flags.abac || user === undefined
        ? planTeamPolicy(withTarget(loadSettings(planPaths(process.env), flags.config), flags.target))
        : await findEngineerPolicy(await openContext(renderCommand(name, users), flags, io), user)
    const size = policySize(policy)
    if (size > permissionSetLimit)
      throw new UserError(
        `the policy has ${size} characters, a permission set takes ${permissionSetLimit} that count`,
      )
    io.answer(
      flags.json
        ? JSON.stringify({
            user: flags.abac ? null : user,
            abac: flags.abac,
            size,
            limit: permissionSetLimit,
            policy,
          })
        : JSON.stringify(policy, null, 2),
    )
    io.story.say(`${size} of ${permissionSetLimit} characters; white space does not count`)
    io.story.say(
      'aws sso-admin put-inline-policy-to-permission-set --instance-arn <arn> --permission-set-arn <arn> --inline-policy file://<file>',
    )
    return exitCode.done
  },
})

const printOperator = async (
  flags: {
    target?: string | undefined
    config?: string | undefined
    part?: string | undefined
    json: boolean
  },
  io: Io,
): Promise<number> => {
  const { planPaths } = await import('../config/paths.ts')
  const { loadSettings } = await import('./settings-file.ts')
  const { withTarget } = await import('./target.ts')
  const { describeOperatorPolicies, planOperatorPolicies, renderOperatorPolicies } = await import(
    './access/operator.ts'
  )
  const settings = withTarget(loadSettings(planPaths(process.env), flags.config), flags.target)
  const policies = planOperatorPolicies(settings, flags.part)
  io.answer(renderOperatorPolicies(policies, flags.json))
  for (const line of describeOperatorPolicies(policies)) io.story.say(line)
  return exitCode.done
}
