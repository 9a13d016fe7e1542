import { Agent } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { names } from '../../config/names.ts'
import { planSubnet } from '../../config/plan-specs.ts'
import { networkSpecSchema, type SandboxSpec } from '../../config/spec.ts'
import { renderNetwork } from '../../stacks/synth.ts'
import { readJson, stackFolder } from '../e2e/cli.ts'
import { initAndApply, layOut, layOutSandbox } from './bare.ts'
import { Lab } from './lab.ts'
import { planRatio, planRow, type Row } from './row.ts'
import { ask, keysOf, loopback, makeBucket, sign } from './signed.ts'
import { rotate, time } from './timed.ts'

/** moto goes on loading services behind its first answer; nobody shall be measured while it does. */
const warming = 8000

/** A control plane of its own for each contestant: the network's names are those of the account. */
const inNewLab = async (like: Lab, contest: (lab: Lab) => Promise<number>): Promise<number> => {
  const lab = Lab.open(() => {}).inherit(like)
  try {
    await time(lab.direct('local:up'))
    await sleep(warming)
    return await contest(lab)
  } finally {
    await lab.close()
  }
}

const makeStateBucket = async (lab: Lab, { bucket, region }: SandboxSpec['state']): Promise<void> => {
  const { port, ...keys } = keysOf(await lab.session.awsEnvironment())
  const agent = new Agent()
  await ask(agent, loopback(port), sign(makeBucket(bucket, region), port, keys, new Date()))
  agent.destroy()
}

const readOutputs = async (lab: Lab, folder: string): Promise<Record<string, { value: unknown }>> => {
  const { terraform } = await lab.tools()
  const env = await lab.targetEnvironment()
  const { stdout } = await time({ command: terraform, args: ['output', '-json'], cwd: folder, env })
  return JSON.parse(stdout) as Record<string, { value: unknown }>
}

const bareFromNothing = async (from: Lab, lab: Lab): Promise<number> => {
  const like = from.specOf('seed')
  const networkSpec = networkSpecSchema.parse(
    readJson(join(stackFolder(from.session, names.networkStack), 'spec.json')),
  )
  await makeStateBucket(lab, like.state)
  const folder = layOut(lab, 'network', renderNetwork(networkSpec))
  const network = await initAndApply(lab, folder)
  const { vpcId, subnetIds, securityGroupId } = await readOutputs(lab, folder)
  const spec = {
    ...like,
    network: {
      vpcId: String(vpcId?.value),
      subnetId: planSubnet(like.user, subnetIds?.value as string[]),
      securityGroupId: String(securityGroupId?.value),
    },
  }
  return network + (await initAndApply(lab, layOutSandbox(lab, 'bare001', spec)))
}

/** The very first sandbox of an account: bucket, network and machine. Bare Terraform is given its bucket. */
export const benchNetwork = async (lab: Lab, rounds: number): Promise<Row[]> => {
  // Each takes twice as long as any other, so half of them have to do.
  const took = await rotate(Math.ceil(rounds / 2), {
    ours: () =>
      inNewLab(lab, async (fresh) => (await time(fresh.direct('sandbox:up', '--user', 'ours001'))).seconds),
    bare: () => inNewLab(lab, (fresh) => bareFromNothing(lab, fresh)),
  })
  const group = 'network'
  return [
    planRow({ group, what: 'first `sandbox:up` of an account, network included', unit: 's' }, took.ours),
    planRow({ group, what: 'bare `terraform init` + `apply`, network and sandbox', unit: 's' }, took.bare),
    planRatio({ group, what: 'ours to bare Terraform', target: 1.1 }, took.ours, took.bare),
  ]
}
