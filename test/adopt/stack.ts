import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation'
import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  TagRoleCommand,
} from '@aws-sdk/client-iam'
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import type { ClientConfig, Session } from '../e2e/cli.ts'

export const template = readFileSync(join(import.meta.dirname, 'fixtures', 'kiro-agent-test.yaml'), 'utf8')

const stock = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64'
const image = '/team/image'
const text = (value: string | undefined): string => {
  if (value === undefined) throw new Error('the local target left something out')
  return value
}

/** The stack of the article as somebody made it, with an image that a parameter of their own names. */
export class ArticleStack {
  readonly config: ClientConfig
  /** By its id a stack is found when it is gone, too. */
  private readonly id: string

  private constructor(config: ClientConfig, id: string) {
    this.config = config
    this.id = id
  }

  static async make(session: Session, name: string): Promise<ArticleStack> {
    const config = await session.sdkConfig()
    const [ec2, ssm] = [new EC2Client(config), new SSMClient(config)]
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: stock }))
    await ssm.send(
      new PutParameterCommand({
        Name: image,
        Type: 'String',
        Overwrite: true,
        Value: text(Parameter?.Value),
      }),
    )
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }))
    const VpcId = text(Vpc?.VpcId)
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.9.1.0/24' }))
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ VpcId, GroupName: 'ssm', Description: 'ssm' }),
    )
    const { StackId } = await new CloudFormationClient(config).send(
      new CreateStackCommand({
        StackName: name,
        TemplateBody: template,
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: [
          { ParameterKey: 'Subnet', ParameterValue: text(Subnet?.SubnetId) },
          { ParameterKey: 'SecurityGroup', ParameterValue: text(GroupId) },
          { ParameterKey: 'AmiId', ParameterValue: image },
        ],
      }),
    )
    return new ArticleStack(config, text(StackId))
  }

  /** A newer image comes out: from now on an ordinary update of the stack would replace the machine. */
  async moveImage(): Promise<void> {
    const arm = [{ Name: 'architecture', Values: ['arm64'] }]
    const { Images = [] } = await new EC2Client(this.config).send(new DescribeImagesCommand({ Filters: arm }))
    const { ImageId } = await this.machine()
    const other = Images.find((one) => one.ImageId !== ImageId)?.ImageId
    await new SSMClient(this.config).send(
      new PutParameterCommand({ Name: image, Type: 'String', Overwrite: true, Value: text(other) }),
    )
  }

  /** A tag of somebody's own, which only an undo can bring back. */
  async tagRole(RoleName: string, one: { Key: string; Value: string }): Promise<void> {
    await new IAMClient(this.config).send(new TagRoleCommand({ RoleName, Tags: [one] }))
  }

  async status(): Promise<string | undefined> {
    const { Stacks } = await new CloudFormationClient(this.config).send(
      new DescribeStacksCommand({ StackName: this.id }),
    )
    return Stacks?.[0]?.StackStatus
  }

  async currentTemplate(): Promise<string> {
    const { TemplateBody } = await new CloudFormationClient(this.config).send(
      new GetTemplateCommand({ StackName: this.id }),
    )
    return String(TemplateBody)
  }

  /** The one machine there is, whoever it belongs to. */
  async machine() {
    const running = [{ Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] }]
    const { Reservations = [] } = await new EC2Client(this.config).send(
      new DescribeInstancesCommand({ Filters: running }),
    )
    const machines = Reservations.flatMap(({ Instances = [] }) => Instances)
    if (machines.length !== 1 || machines[0] === undefined) throw new Error(`${machines.length} machines`)
    return machines[0]
  }

  /** Everything a takeover changes, so that an undo can be held against it. */
  async snapshot() {
    const ec2 = new EC2Client(this.config)
    const { InstanceId, ImageId, LaunchTime, IamInstanceProfile, MetadataOptions, Monitoring, Tags, State } =
      await this.machine()
    const { Volumes = [] } = await ec2.send(
      new DescribeVolumesCommand({
        Filters: [{ Name: 'attachment.instance-id', Values: [text(InstanceId)] }],
      }),
    )
    const byKey = (tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []) =>
      Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
    return {
      machine: { InstanceId, ImageId, LaunchTime, Arn: IamInstanceProfile?.Arn, MetadataOptions, Monitoring },
      ...{
        state: State?.Name,
        tags: byKey(Tags),
        disk: Volumes.map(({ VolumeId, Tags }) => [VolumeId, byKey(Tags)]),
      },
      roles: await this.roles(),
      policies: await this.policies(),
    }
  }

  async roleNames(): Promise<string[]> {
    const { Roles = [] } = await new IAMClient(this.config).send(new ListRolesCommand({}))
    return Roles.map(({ RoleName }) => text(RoleName)).sort()
  }

  private async policies(): Promise<string[]> {
    const { Policies = [] } = await new IAMClient(this.config).send(
      new ListPoliciesCommand({ Scope: 'Local' }),
    )
    return Policies.map(({ PolicyName }) => text(PolicyName)).sort()
  }

  private async roles() {
    const iam = new IAMClient(this.config)
    return Promise.all(
      (await this.roleNames()).map(async (RoleName) => {
        const [{ Role }, { PolicyNames = [] }, { AttachedPolicies = [] }] = await Promise.all([
          iam.send(new GetRoleCommand({ RoleName })),
          iam.send(new ListRolePoliciesCommand({ RoleName })),
          iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
        ])
        const inline = await Promise.all(
          PolicyNames.map(async (PolicyName) => {
            const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))
            return [PolicyName, JSON.parse(decodeURIComponent(PolicyDocument))] as const
          }),
        )
        return {
          ...{ RoleName, inline, attached: AttachedPolicies.map(({ PolicyArn }) => PolicyArn).sort() },
          trust: JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '{}')),
          boundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
          tags: Role?.Tags ?? [],
        }
      }),
    )
  }
}
