import { egressPresets, networkModes } from '../config/network.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'init'

export const command = defineCommand({
  name,
  summary:
    'write sandbox.config.json: looks around, asks what it cannot know, shows the price, creates nothing',
  flags: {
    target: common.target,
    account: {
      type: 'string',
      value: '12 digits',
      about: 'target aws: the only account that may be touched',
    },
    region: { type: 'string', value: 'region', about: 'such as us-west-2' },
    network: {
      type: 'string',
      value: 'mode',
      about: 'a VPC of its own, a VPC that is there, or one subnet and one group that are there',
      choices: networkModes,
    },
    egress: {
      type: 'string',
      value: 'preset',
      about: 'what sandboxes reach outside; npm run cost -- --networks shows the prices',
      choices: egressPresets,
    },
    vpc: { type: 'string', value: 'vpc-...', about: 'network existing: the VPC' },
    subnet: {
      type: 'string',
      value: 'subnet-...',
      about: 'network existing: where sandboxes are placed, may be repeated; simple: the subnet',
      multiple: true,
    },
    group: { type: 'string', value: 'sg-...', about: 'network simple: the security group' },
    'login-url': {
      type: 'string',
      value: 'url',
      about: 'start URL of IAM Identity Center with which engineers log in to Kiro; else AWS Builder ID',
    },
    'login-region': { type: 'string', value: 'region', about: 'region of that Identity Center' },
    config: { type: 'string', value: 'file', about: 'write this file instead of sandbox.config.json' },
    plan: common.plan,
    json: common.json,
    yes: common.yes,
  },
  examples: [
    'npm run init',
    'npm run init -- --target aws --region eu-west-1 --network managed --egress balanced',
    'npm run init -- --target aws --network existing --vpc vpc-0a1b2c3d --subnet subnet-0a1b2c3d --plan',
    'npm run -s init -- --target local --yes --json',
  ],
  run: async (flags, io) => {
    const { runInit } = await import('./init/run-init.ts')
    return runInit({ ...flags, loginUrl: flags['login-url'], loginRegion: flags['login-region'] }, io)
  },
})
