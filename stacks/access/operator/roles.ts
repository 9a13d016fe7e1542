import { names } from '../../../config/names.ts'
import type { Statement } from '../policy.ts'
import { readOnlyAccessArn } from '../read-only-access.ts'
import type { OperatorScope } from './scope.ts'

const bounded = [
  'iam:AttachRolePolicy',
  'iam:CreateRole',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
] as const

const reads = [
  'iam:GetInstanceProfile',
  'iam:GetPolicy*',
  'iam:GetRole*',
  'iam:ListAttachedRolePolicies',
  'iam:ListInstanceProfilesForRole',
  'iam:ListPolicyVersions',
  'iam:ListRolePolicies',
  'iam:ListRoleTags',
] as const

const changes = [
  'iam:AddRoleToInstanceProfile',
  'iam:CreateInstanceProfile',
  'iam:CreatePolicy*',
  'iam:DeleteInstanceProfile',
  'iam:DeletePolicy*',
  'iam:DeleteRole',
  'iam:RemoveRoleFromInstanceProfile',
  'iam:TagInstanceProfile',
  'iam:TagPolicy',
  'iam:TagRole',
  'iam:UntagInstanceProfile',
  'iam:UntagPolicy',
  'iam:UntagRole',
  'iam:UpdateAssumeRolePolicy',
  'iam:UpdateRole',
  'iam:UpdateRoleDescription',
] as const

const arns = ({ accountId }: OperatorScope, kind: string, ...ends: string[]): readonly string[] =>
  ends.map((end) => `arn:aws:iam::${accountId}:${kind}/${end}`)

/** Patterns for the roles of all engineers. None of them covers kiro-operator. */
const machineRoles = ({ region }: OperatorScope) => ['kiro-ec2-*', names.imageBuilderRole(region)]
const policies = ['kiro-elevated-*', 'kiro-perimeter-*', 'kiro-readonly-*']

/**
 * The sandboxes' roles: two kinds under their boundary only, and the machines' own, which have none and get inline
 * policies alone. Who writes roles, their trust and their boundaries could raise himself through them, as IAM has no
 * condition on what a policy says; so the operator may become none of them, and an SCP is what closes the rest.
 */
export const rolesRights = (scope: OperatorScope): readonly Statement[] => {
  const machines = arns(scope, 'role', ...machineRoles(scope))
  return [
    {
      Sid: 'ReadRoles',
      Effect: 'Allow',
      Action: reads,
      Resource: [
        ...arns(scope, 'role', 'kiro-*'),
        ...arns(scope, 'policy', 'kiro-*'),
        ...arns(scope, 'instance-profile', 'kiro-*'),
        readOnlyAccessArn,
      ],
    },
    {
      Sid: 'ChangeRoles',
      Effect: 'Allow',
      Action: changes,
      Resource: [
        ...machines,
        ...arns(scope, 'role', 'kiro-elevated-*', 'kiro-readonly-*'),
        ...arns(scope, 'policy', ...policies),
        ...arns(scope, 'instance-profile', ...machineRoles(scope)),
      ],
    },
    {
      Sid: 'MachineRoles',
      Effect: 'Allow',
      Action: ['iam:CreateRole', 'iam:DeleteRolePolicy', 'iam:PutRolePolicy'],
      Resource: machines,
    },
    {
      Sid: 'ReadonlyUnderBoundary',
      Effect: 'Allow',
      Action: bounded,
      Resource: arns(scope, 'role', 'kiro-readonly-*'),
      Condition: { StringEquals: { 'iam:PermissionsBoundary': readOnlyAccessArn } },
    },
    {
      Sid: 'ElevatedUnderBoundary',
      Effect: 'Allow',
      Action: bounded,
      Resource: arns(scope, 'role', 'kiro-elevated-*'),
      Condition: {
        ArnLike: { 'iam:PermissionsBoundary': arns(scope, 'policy', 'kiro-elevated-boundary-*') },
      },
    },
    {
      Sid: 'NoForeignPolicies',
      Effect: 'Deny',
      Action: 'iam:AttachRolePolicy',
      Resource: '*',
      Condition: {
        ArnNotLike: { 'iam:PolicyARN': [readOnlyAccessArn, ...arns(scope, 'policy', ...policies)] },
      },
    },
    {
      Sid: 'PassMachineRoles',
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: machines,
      Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    },
    {
      Sid: 'BecomeNoneOfThem',
      Effect: 'Deny',
      Action: 'sts:AssumeRole',
      Resource: arns(scope, 'role', 'kiro-*'),
    },
  ]
}
