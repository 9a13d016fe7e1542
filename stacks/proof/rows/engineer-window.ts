import { allows, type Circumstance, type Line, lacks } from '../row.ts'
import { arn, is, mine, theirs } from './engineer-words.ts'

const bounded = (keys: Circumstance['keys'], boundary = '{boundary}') => ({
  ...keys,
  'iam:PermissionsBoundary': boundary,
})
/** The own elevation window, and nothing else about any role. */
export const window: readonly Line[] = [
  allows('OpenAndCloseOwnWindow', 'iam:PutRolePolicy', '{elevated}', is('own window', bounded(mine))),
  allows('OpenAndCloseOwnWindow', 'iam:DeleteRolePolicy', '{elevated}', is('own window', bounded(mine))),
  lacks('nothing', 'iam:PutRolePolicy', '{elevated}', is('after the boundary was removed', mine)),
  lacks(
    'nothing',
    'iam:PutRolePolicy',
    '{elevated}',
    is('under another boundary', bounded(mine, 'arn:aws:iam::aws:policy/AdministratorAccess')),
  ),
  lacks('nothing', 'iam:PutRolePolicy', '{elevated}', is('the tag kiro:owner removed', bounded({}))),
  lacks(
    'nothing',
    'iam:PutRolePolicy',
    '{other elevated}',
    is(
      "another engineer's window",
      bounded(theirs, 'arn:aws:iam::{account}:policy/kiro-elevated-boundary-{other}'),
    ),
  ),
  lacks('nothing', 'iam:PutRolePolicy', '{readonly}', is('a window on readonly', bounded(mine))),
  lacks('nothing', 'iam:PutRolePolicy', '{ec2}', is('a window on the instance role', bounded(mine))),
  lacks('nothing', 'iam:AttachRolePolicy', '{elevated}', is('', bounded(mine))),
  lacks('nothing', 'iam:UpdateAssumeRolePolicy', '{elevated}', is('', bounded(mine))),
  lacks('nothing', 'iam:DeleteRolePermissionsBoundary', '{elevated}', is('boundary removal', bounded(mine))),
  lacks('nothing', 'iam:PutRolePermissionsBoundary', '{elevated}', is('boundary replaced', bounded(mine))),
  lacks('nothing', 'iam:CreatePolicyVersion', '{boundary}', is('boundary rewritten', mine)),
  allows('ReadOwnWindow', 'iam:GetRolePolicy', '{elevated}', is('own window', mine)),
  lacks('nothing', 'iam:GetRolePolicy', '{elevated}', is('the tag kiro:owner removed', undefined)),
  lacks('nothing', 'iam:GetRolePolicy', '{other elevated}', is("another engineer's window", theirs)),
  allows(
    'RecordReason',
    'iam:TagRole',
    '{elevated}',
    is('the reason', {
      ...mine,
      'aws:TagKeys': ['kiro:elevated-until', 'kiro:elevated-by', 'kiro:elevated-reason'],
    }),
  ),
  lacks(
    'nothing',
    'iam:TagRole',
    '{elevated}',
    is('becoming the owner', { ...mine, 'aws:TagKeys': ['kiro:elevated-by', 'kiro:owner'] }),
  ),
  lacks('nothing', 'iam:TagRole', '{elevated}', is('no tag named', mine)),
  lacks(
    'nothing',
    'iam:TagRole',
    '{elevated}',
    is('the tag kiro:owner removed', { 'aws:TagKeys': ['kiro:elevated-by'] }),
  ),
  lacks(
    'nothing',
    'iam:UntagRole',
    '{elevated}',
    is('taking the owner away', { ...mine, 'aws:TagKeys': ['kiro:owner'] }),
  ),
]

/** What nobody who has only this policy can do. */
export const beyond: readonly Line[] = [
  lacks('nothing', 's3:GetObject', 'arn:aws:s3:::{state}/sandbox-{other}/terraform.tfstate'),
  lacks('nothing', 'ssm:UpdateDocument', arn('ssm', 'document/kiro-session-shell')),
  lacks('nothing', 'ssm:CreateDocument', arn('ssm', 'document/kiro-session-mine')),
  lacks(
    'nothing',
    'ec2:CreateTags',
    '{other instance}',
    is('becoming the owner', { 'aws:TagKeys': ['kiro:owner'] }),
  ),
  lacks('nothing', 'iam:PassRole', 'arn:aws:iam::{account}:role/deploy'),
  lacks('nothing', 'ec2-instance-connect:SendSerialConsoleSSHPublicKey', '{instance}', is('', mine)),
]
