import { about, allows, type Circumstance, type Line, lacks, type Row, type Who, when } from '../row.ts'
import { elevatedEscalation } from './elevated-escalation.ts'
import { elevatedGround } from './elevated-ground.ts'
import { is } from './engineer-words.ts'
import { readonlyData } from './readonly-data.ts'
import { readonlyLimits } from './readonly-limits.ts'
import { readonlySecrets } from './readonly-secrets.ts'

/** Statements that stand where the sandbox's have another name. */
const sameAs: Readonly<Record<string, string>> = {
  ElevationWindow: 'LaptopWrite',
  PowerUserExtras: 'LaptopWriteExtras',
}

/** A laptop has neither windows nor a network of its own, so rows about these have nothing to say here. */
const concerns = ({ topic, circumstance, by, expect, action }: Row): boolean =>
  topic !== 'stolen credentials' &&
  circumstance.as === undefined &&
  (circumstance.window === undefined || circumstance.window === 'open') &&
  circumstance.variant !== 'nat-eip' &&
  circumstance.variant !== 'vpce' &&
  by !== 'OnlyFromSandboxNetwork' &&
  !(expect === 'implicitDeny' && action === 'sts:AssumeRole')

/** What is proven of a role of the sandbox holds for the role of the laptop too, row by row. */
const sameRows = (rows: readonly Row[], from: Who, to: Who): Row[] =>
  rows
    .filter((row) => row.who === from && concerns(row))
    .map((row) => ({
      ...row,
      who: to,
      topic: `laptop: as the sandbox's ${from}`,
      by: sameAs[row.by] ?? row.by,
    }))

const reads = [...readonlySecrets, ...readonlyData, ...readonlyLimits]
const writes = [...elevatedEscalation, ...elevatedGround]

/** One of each reason, for roles that have the very same documents as one that is asked everything. */
const sample = (rows: readonly Row[]): Row[] =>
  rows.filter((row, index) => rows.findIndex(({ by }) => by === row.by) === index)

const reading = [
  ...sameRows(reads, 'readonly', 'laptop readonly'),
  ...(['plain readonly', 'laptop prodReadonly', 'plain prodReadonly'] as const).flatMap((who) =>
    sample(sameRows(reads, 'readonly', who)),
  ),
]

const writing = [
  ...sameRows(writes, 'elevated', 'laptop devWrite'),
  ...sample(sameRows(writes, 'elevated', 'plain devWrite')),
]

const editable: Circumstance = is('tagged kiro:editable', { 'aws:ResourceTag/kiro:editable': 'true' })
const ec2 = (rest: string) => `arn:aws:ec2:{region}:{prod account}:${rest}`
const machine = ec2('instance/i-0web')

const narrow: readonly Line[] = [
  ...when(editable, [
    allows('EditableThings', 'ec2:RebootInstances', machine),
    lacks('nothing', 'ec2:TerminateInstances', machine),
    lacks('nothing', 'ec2:StopInstances', machine),
    lacks('nothing', 'ec2:CreateTags', machine),
    lacks('nothing', 'lambda:UpdateFunctionCode', 'arn:aws:lambda:{region}:{prod account}:function:f'),
    lacks('nothing', 's3:GetObject', 'arn:aws:s3:::kiro-proof-payroll/x'),
    lacks('nothing', 'iam:PassRole', 'arn:aws:iam::{prod account}:role/deploy'),
  ]),
  lacks('nothing', 'ec2:RebootInstances', machine, { says: 'without the tag' }),
  lacks('nothing', 'ec2:RebootInstances', machine, {
    ...is('tagged otherwise', { 'aws:ResourceTag/kiro:editable': 'false' }),
  }),
  lacks('nothing', 'ec2:DescribeInstances', '*', { says: 'it does not even read' }),
  lacks('trust', 'sts:AssumeRole', 'arn:aws:iam::999999999999:role/x'),
]

const prodWriting = (['laptop prodWrite', 'plain prodWrite'] as const).flatMap((who) =>
  about(who, 'laptop: production', narrow),
)

const asLogin = 'alice@example.com'
/** Asks for the name of its login, unless the circumstance says otherwise. */
const by = (says: string, role: string, asked: string | undefined = asLogin): Circumstance => ({
  says,
  as: { role, session: asLogin },
  keys: { 'sts:RoleSessionName': asked },
})
const plainRoles = [
  ['KiroReadOnly', '{account}'],
  ['KiroDevWrite', '{account}'],
  ['KiroProdReadOnly', '{prod account}'],
  ['KiroProdWrite', '{prod account}'],
] as const

/** Caller may do anything, so that the trust alone decides. */
const trust = plainRoles.flatMap(([name, account]) => {
  const role = `arn:aws:iam::${account}:role/${name}`
  const path = `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com`
  const login = `${path}/eu-west-1/AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071`
  return about('login', 'laptop: who becomes the plain roles', [
    allows('Everything', 'sts:AssumeRole', role, by('logged in', login)),
    allows('Everything', 'sts:AssumeRole', role, {
      ...by('Identity Center in us-east-1', `${path}/AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071`),
    }),
    ...[
      by('another permission set', `${path}/eu-west-1/AWSReservedSSO_ReadOnly_0a1b2c3d4e5f6071`),
      by(
        'a permission set whose name begins alike',
        `${path}/AWSReservedSSO_KiroEngineer_x_0a1b2c3d4e5f6071`,
      ),
      by('the same with a region', `${path}/eu-west-1/AWSReservedSSO_KiroEngineer_x_0a1b2c3d4e5f6071`),
      by(
        'a role that only looks like it',
        `arn:aws:iam::${account}:role/AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071`,
      ),
      by('an administrator', `arn:aws:iam::${account}:role/Administrator`),
      by('the machine of a sandbox', '{ec2}'),
      by(
        'the same login in an account of others',
        `${path.replace(account, '999999999999')}/AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071`,
      ),
      by('under the name of another engineer', login, 'bob@example.com'),
      by('under a part of the name', login, 'example.com'),
      by('under a name that begins alike', login, 'alice@example.com.evil.example'),
      by('under a name that the AWS CLI made up', login, 'botocore-session-1795903200'),
    ].map((stranger) => lacks('trust', 'sts:AssumeRole', role, stranger)),
  ])
})

export const laptopRows: readonly Row[] = [...reading, ...writing, ...prodWriting, ...trust]
