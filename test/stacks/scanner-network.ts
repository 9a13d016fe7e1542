import type { Named } from './scanner-blocks.ts'
import { type Check, each } from './scanner-check.ts'

const ingress = 'aws_vpc_security_group_ingress_rule'
const egress = 'aws_vpc_security_group_egress_rule'
const covers = ({ from_port, to_port, ip_protocol }: Named['block'], port: number): boolean =>
  ip_protocol === '-1' || (from_port <= port && port <= to_port)
const fromAnywhere = ({ cidr_ipv4, cidr_ipv6 }: Named['block']): boolean =>
  cidr_ipv4 === '0.0.0.0/0' || cidr_ipv6 === '::/0'
const openTo = (port: number) => each(ingress, (block) => fromAnywhere(block) && covers(block, port))

export const network: readonly Check[] = [
  ...[22, 3389].map((port) => ({
    ids: port === 22 ? 'CKV_AWS_24 AWS-0107 EC2.13' : 'CKV_AWS_25 EC2.14',
    requires: `port ${port} not open to the world`,
    breaks: openTo(port),
  })),
  { ids: 'CKV_AWS_260', requires: 'port 80 not open to the world', breaks: openTo(80) },
  {
    ids: 'CKV_AWS_277',
    requires: 'not every port open to the world',
    breaks: each(ingress, (block) => fromAnywhere(block) && block.ip_protocol === '-1'),
  },
  {
    ids: 'CKV_AWS_382',
    requires: 'not every port out',
    breaks: each(egress, (block) => fromAnywhere(block) && block.ip_protocol === '-1'),
  },
  { ids: 'AWS-0104', requires: 'no rule out to the world', breaks: each(egress, fromAnywhere) },
  {
    ids: 'CKV_AWS_23 AWS-0099 AWS-0124',
    requires: 'groups and rules described',
    breaks: (resources) =>
      ['aws_security_group', ingress, egress].flatMap((type) =>
        each(type, ({ description }) => !/\w/.test(description ?? ''))(resources),
      ),
  },
  {
    ids: 'CKV2_AWS_5 EC2.22',
    requires: 'groups attached to something',
    breaks: (resources) => {
      const users = ['aws_instance', 'aws_vpc_endpoint', 'aws_ec2_instance_connect_endpoint'].flatMap(
        (type) => resources(type).map(({ block }) => JSON.stringify(block)),
      )
      const used = (name: string) => users.some((text) => text.includes(`${name}_`))
      return resources('aws_security_group')
        .map(({ name }) => name)
        .filter((name) => !used(name))
    },
  },
  {
    ids: 'CKV2_AWS_12 AWS-0173 EC2.2',
    requires: 'the default group closed',
    breaks: (resources) =>
      resources('aws_default_security_group').length === resources('aws_vpc').length
        ? each(
            'aws_default_security_group',
            (block) => block.ingress !== undefined || block.egress !== undefined,
          )(resources)
        : ['a VPC without aws_default_security_group'],
  },
  {
    ids: 'CKV2_AWS_11 AWS-0178 EC2.6',
    requires: 'flow logs',
    breaks: (resources) =>
      resources('aws_flow_log').length > 0 ? [] : resources('aws_vpc').map(({ name }) => name),
  },
  {
    ids: 'CKV_AWS_148 AWS-0101',
    requires: 'no default VPC',
    breaks: each('aws_default_vpc', () => true),
  },
  {
    ids: 'EC2.10',
    requires: 'an endpoint for EC2',
    breaks: (resources) =>
      resources('aws_vpc_endpoint').some(({ block }) => /\.ec2$/.test(block.service_name))
        ? []
        : resources('aws_vpc').map(({ name }) => name),
  },
]
