import type { Role } from '@aws-sdk/client-iam'
import { tag } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { isUserName } from '../../config/user-name.ts'
import { findMachine } from '../aws/instances.ts'
import type { Target } from '../target.ts'
import { findAttachments } from './attachments.ts'
import { findDnsFirewall } from './dns-firewall.ts'
import { type Finder, ifThere } from './finder.ts'
import { type DeclaredResource, type Import, listDeclared } from './imports.ts'
import { findPermissionSets } from './permission-sets.ts'
import { listRegions } from './regions.ts'
import { findInRouteTables } from './route-tables.ts'
import { sideFinders } from './side-finders.ts'
import { listTagged } from './tagged.ts'

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const nameTag = (block: DeclaredResource['block']): string =>
  text((block.tags as Record<string, unknown> | undefined)?.Name)

/**
 * IAM knows no regions, so the same engineer's roles of another region have the same names. Taking them over
 * would cut that sandbox off from its roles.
 */
const refuseForeign = (role: Role | undefined, { region }: Target): string | undefined => {
  const where = role?.Tags?.find(({ Key }) => Key === tag.region)?.Value
  if (role !== undefined && where !== region)
    throw new UserError(
      `the role ${role.RoleName} exists and belongs to ${where === undefined ? 'something else' : `a sandbox in ${where}`}, not to one in ${region}`,
      {
        hint: 'an engineer has one sandbox per account; choose another name, or take the other one down first',
      },
    )
  return role?.RoleName
}

const iamFinders = async (target: Target): Promise<Record<string, Finder>> => {
  const { GetInstanceProfileCommand, GetPolicyCommand, GetRoleCommand, GetRolePolicyCommand, IAMClient } =
    await import('../aws/sdk/iam.ts')
  const client = new IAMClient(target.sdk)
  const gone = ['NoSuchEntity', 'NoSuchEntityException']
  return {
    aws_iam_role: ({ block }) =>
      ifThere('look for a role', gone, async () =>
        refuseForeign((await client.send(new GetRoleCommand({ RoleName: text(block.name) }))).Role, target),
      ),
    aws_iam_role_policy: ({ block }) =>
      ifThere('look for a role policy', gone, async () => {
        await client.send(
          new GetRolePolicyCommand({ RoleName: text(block.role), PolicyName: text(block.name) }),
        )
        return `${text(block.role)}:${text(block.name)}`
      }),
    aws_iam_policy: ({ block }) =>
      ifThere('look for a policy', gone, async () => {
        const PolicyArn = `arn:aws:iam::${target.accountId}:policy/${text(block.name)}`
        return (await client.send(new GetPolicyCommand({ PolicyArn }))).Policy?.Arn
      }),
    aws_iam_instance_profile: ({ block }) =>
      ifThere('look for an instance profile', gone, async () => {
        await client.send(new GetInstanceProfileCommand({ InstanceProfileName: text(block.name) }))
        return text(block.name)
      }),
  }
}

const machineFinder =
  (target: Target, owner: string): Finder =>
  async () =>
    isUserName(owner) ? (await findMachine(target.sdk, owner))?.instanceId : undefined

const documentFinder = async (target: Target): Promise<Record<string, Finder>> => {
  const { DescribeDocumentCommand, SSMClient } = await import('../aws/sdk/ssm.ts')
  const documents = new SSMClient(target.sdk)
  return {
    aws_ssm_document: ({ block }) =>
      ifThere(
        'look for a document',
        ['InvalidDocument'],
        async () =>
          (await documents.send(new DescribeDocumentCommand({ Name: text(block.name) }))).Document?.Name,
      ),
  }
}

/**
 * What of a stack exists in AWS already. After a run that was killed this is more than its state knows, because
 * Terraform writes the state every 20 s only; without it the next run would trip over "already exists".
 * @param owner value of the kiro:sandbox tag: a user, or `shared`
 * @param known of somebody else's so far, and not to be looked for
 */
export const surveyExisting = async (
  target: Target,
  terraformJson: string,
  owner: string,
  known: readonly Import[] = [],
): Promise<Import[]> => {
  const declared = listDeclared(terraformJson)
  const types = new Set(declared.map(({ type }) => type))
  const tagged = await listTagged(target.sdk, types, owner)
  const finders: Record<string, Finder> = {
    ...([...types].some((type) => type.startsWith('aws_iam_')) ? await iamFinders(target) : {}),
    ...(types.has('aws_ssm_document') ? await documentFinder(target) : {}),
    ...sideFinders(target, listRegions(terraformJson)),
    aws_instance: machineFinder(target, owner),
  }
  const find = async (resource: DeclaredResource): Promise<Import[]> => {
    const finder =
      finders[resource.type] ?? (async () => tagged.get(`${resource.type} ${nameTag(resource.block)}`))
    const id = known.find(({ to }) => to === resource.address)?.id ?? (await finder(resource))
    return id === undefined ? [] : [{ to: resource.address, id }]
  }
  const found = (await Promise.all(declared.map(find))).flat()
  const more = await Promise.all([
    findInRouteTables(target, declared, found),
    findAttachments(target.sdk, declared, found),
    findDnsFirewall(target.sdk, declared),
    findPermissionSets({ ...target.sdk, region: listRegions(terraformJson)() }, declared),
  ])
  return [...found, ...more.flat()]
}
