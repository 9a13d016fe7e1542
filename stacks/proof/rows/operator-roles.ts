import { allows, denies, type Line, lacks, when } from '../row.ts'
import { is } from './engineer-words.ts'

const iam = (rest: string) => `arn:aws:iam::{account}:${rest}`
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'
const under = (boundary: string) => ({ 'iam:PermissionsBoundary': boundary })
const toEc2 = { 'iam:PassedToService': 'ec2.amazonaws.com' }

const making: readonly Line[] = [
  allows('MachineRoles', 'iam:CreateRole', '{ec2}'),
  allows('MachineRoles', 'iam:PutRolePolicy', '{builder}'),
  denies('NoForeignPolicies', 'iam:AttachRolePolicy', '{ec2}', is('', { 'iam:PolicyARN': administrator })),
  ...when(is('under ReadOnlyAccess', under(readOnly)), [
    allows('ReadonlyUnderBoundary', 'iam:CreateRole', '{readonly}'),
    allows('ReadonlyUnderBoundary', 'iam:AttachRolePolicy', '{readonly}', {
      ...is('ReadOnlyAccess', { 'iam:PolicyARN': readOnly }),
    }),
    denies('NoForeignPolicies', 'iam:AttachRolePolicy', '{readonly}', {
      ...is('AdministratorAccess', { 'iam:PolicyARN': administrator }),
    }),
    lacks('nothing', 'iam:CreateRole', '{elevated}'),
    lacks('nothing', 'iam:CreateRole', iam('role/deploy')),
  ]),
  ...when(is('under its own boundary', under('{boundary}')), [
    allows('ElevatedUnderBoundary', 'iam:CreateRole', '{elevated}'),
    allows('ElevatedUnderBoundary', 'iam:PutRolePolicy', '{elevated}', { says: 'a window' }),
    lacks('nothing', 'iam:DeleteRolePermissionsBoundary', '{elevated}'),
    lacks('nothing', 'iam:CreateRole', '{readonly}'),
  ]),
  ...when({ says: 'without a boundary' }, [
    lacks('nothing', 'iam:CreateRole', '{readonly}'),
    lacks('nothing', 'iam:CreateRole', '{elevated}'),
    lacks('nothing', 'iam:PutRolePolicy', '{elevated}'),
    lacks('nothing', 'iam:CreateRole', iam('role/deploy')),
  ]),
]

const changing: readonly Line[] = [
  allows('ReadRoles', 'iam:GetRole', '{elevated}'),
  allows('ReadRoles', 'iam:GetPolicyVersion', '{boundary}'),
  lacks('nothing', 'iam:GetRole', iam('role/deploy')),
  allows('ChangeRoles', 'iam:DeleteRole', '{readonly}'),
  allows('ChangeRoles', 'iam:CreatePolicyVersion', '{boundary}'),
  allows('ChangeRoles', 'iam:CreateInstanceProfile', iam('instance-profile/kiro-ec2-{user}')),
  lacks('nothing', 'iam:DeleteRole', iam('role/deploy')),
  lacks('nothing', 'iam:UpdateAssumeRolePolicy', iam('role/deploy')),
  lacks('nothing', 'iam:CreatePolicy', iam('policy/deploy')),
  ...when({ says: 'its own' }, [
    lacks('nothing', 'iam:CreatePolicyVersion', iam('policy/kiro-operator-roles-{region}')),
    lacks('nothing', 'iam:AttachRolePolicy', iam('role/Operator'), {
      ...is('', { 'iam:PolicyARN': readOnly }),
    }),
    lacks('nothing', 'iam:PutRolePolicy', iam('role/Operator')),
  ]),
  lacks('nothing', 'iam:CreateUser', iam('user/mallory')),
  lacks('nothing', 'iam:CreateAccessKey', iam('user/mallory')),
  lacks('nothing', 'sso:PutInlinePolicyToPermissionSet', 'arn:aws:sso:::permissionSet/ssoins-1/ps-1'),
]

const passing: readonly Line[] = [
  allows('PassMachineRoles', 'iam:PassRole', '{ec2}', is('to EC2', toEc2)),
  allows('PassMachineRoles', 'iam:PassRole', '{builder}', is('to EC2', toEc2)),
  lacks('nothing', 'iam:PassRole', '{ec2}', {
    ...is('to Lambda', { 'iam:PassedToService': 'lambda.amazonaws.com' }),
  }),
  lacks('nothing', 'iam:PassRole', '{elevated}', is('to EC2', toEc2)),
  lacks('nothing', 'iam:PassRole', iam('role/deploy'), is('to EC2', toEc2)),
  denies('BecomeNoneOfThem', 'sts:AssumeRole', '{elevated}'),
  denies('BecomeNoneOfThem', 'sts:AssumeRole', '{readonly}'),
  lacks('trust', 'sts:AssumeRole', iam('role/deploy')),
]

export const operatorRoles: readonly Line[] = [...making, ...changing, ...passing]
