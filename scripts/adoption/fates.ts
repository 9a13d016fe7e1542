import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import type { DeclaredResource, Import } from '../adopt/imports.ts'

/** One resource of a CloudFormation stack. */
export interface StackResource {
  readonly logicalId: string
  readonly type: string
  readonly physicalId: string
}

/**
 * import: becomes the sandbox's, as it is. replace: the sandbox has one of its own name, this one goes with the
 * stack. leave: neither; it outlives the stack and is nobody's.
 */
export type Fate = 'import' | 'replace' | 'leave'

export interface FatedResource extends StackResource {
  readonly fate: Fate
}

/** The three roles and the profile of a machine. The article names its own after the stack, as we do after the user. */
const machineNames = (user: UserName): ReadonlySet<string> =>
  new Set([
    `AWS::IAM::Role ${names.ec2Role(user)}`,
    `AWS::IAM::Role ${names.readonlyRole(user)}`,
    `AWS::IAM::Role ${names.elevatedRole(user)}`,
    `AWS::IAM::InstanceProfile ${names.instanceProfile(user)}`,
  ])

interface Known {
  readonly own: ReadonlySet<string>
  readonly ofStack: ReadonlySet<string>
}

/** Roles of anything else are somebody's, and outlive the stack. */
const decideFate = ({ type, physicalId }: StackResource, { own, ofStack }: Known): Fate => {
  const known = `${type} ${physicalId}`
  if (type === 'AWS::EC2::Instance' || own.has(known)) return 'import'
  return ofStack.has(known) ? 'replace' : 'leave'
}

/** @throws UserError unless the stack has exactly one machine */
export const decideFates = (
  stack: string,
  resources: readonly StackResource[],
  user: UserName,
): FatedResource[] => {
  const machines = resources.filter(({ type }) => type === 'AWS::EC2::Instance')
  if (machines.length !== 1)
    throw new UserError(
      `the stack ${stack} has ${machines.length === 0 ? 'no machine' : `${machines.length} machines: ${machines.map(({ physicalId }) => physicalId).join(', ')}`}`,
      { hint: 'a stack with exactly one AWS::EC2::Instance can become a sandbox' },
    )
  const known = { own: machineNames(user), ofStack: machineNames(stack as UserName) }
  return resources.map((resource) => ({ ...resource, fate: decideFate(resource, known) }))
}

const terraformType: Readonly<Record<string, string>> = {
  'AWS::EC2::Instance': 'aws_instance',
  'AWS::IAM::Role': 'aws_iam_role',
  'AWS::IAM::InstanceProfile': 'aws_iam_instance_profile',
}

/** Where the taken over ones stand in the sandbox's own stack. */
export const planImports = (
  fated: readonly FatedResource[],
  declared: readonly DeclaredResource[],
): Import[] =>
  fated.flatMap(({ fate, type, physicalId }) => {
    if (fate !== 'import') return []
    const wanted = declared.find(
      (one) =>
        one.type === terraformType[type] && (type === 'AWS::EC2::Instance' || one.block.name === physicalId),
    )
    if (wanted === undefined) throw new Error(`the sandbox has no place for ${type} ${physicalId}`)
    return [{ to: wanted.address, id: physicalId }]
  })
