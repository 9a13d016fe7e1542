import { initAndApply, layOutSandbox } from './bare.ts'
import type { Lab } from './lab.ts'
import { planRatio, planRow, type Row } from './row.ts'
import { rotate, time } from './timed.ts'

const secondRounds = 7

const seconds = async (program: ReturnType<Lab['direct']>) => (await time(program)).seconds

/** The first sandbox of an engineer, network and control plane being there; then the same command again. */
export const benchUp = async (lab: Lab, rounds: number): Promise<Row[]> => {
  const like = lab.specOf('seed')
  let [ours, bare] = ['', '']
  const first = await rotate(rounds, {
    ours: () => {
      ours = lab.newUser('ours')
      return seconds(lab.direct('sandbox:up', '--user', ours))
    },
    bare: () => {
      bare = layOutSandbox(lab, lab.newUser('bare'), like)
      return initAndApply(lab, bare)
    },
    cdktf: () => {
      const user = lab.newUser('cdkt')
      lab.plantSpec(user, like)
      return lab.cdktf('deploy', `sandbox-${user}`, '--auto-approve', '--output', lab.cdktfOutput)
    },
  })
  lab.note('the same again, nothing to do')
  const second = await rotate(secondRounds, {
    npm: () => seconds(lab.npm('sandbox:up', '--user', ours)),
    direct: () => seconds(lab.direct('sandbox:up', '--user', ours)),
    bare: () => lab.terraform(bare, 'plan', '-input=false', '-no-color'),
  })
  const group = 'up'
  return [
    planRow({ group, what: 'first `sandbox:up` of an engineer', unit: 's' }, first.ours),
    planRow({ group, what: 'bare `terraform init` + `apply -auto-approve`', unit: 's' }, first.bare),
    planRow({ group, what: '`cdktf deploy --auto-approve`', unit: 's' }, first.cdktf),
    planRatio({ group, what: 'ours to bare Terraform', target: 1.1 }, first.ours, first.bare),
    planRatio({ group, what: 'ours to cdktf', target: 0.8 }, first.ours, first.cdktf),
    planRow({ group, what: 'second `sandbox:up` by npm run -s', unit: 's', target: 2 }, second.npm),
    planRow({ group, what: 'second `sandbox:up` without npm', unit: 's', target: 2 }, second.direct),
    planRow({ group, what: 'bare `terraform plan`, no changes', unit: 's' }, second.bare),
    planRatio({ group, what: 'second `sandbox:up` by npm to bare plan' }, second.npm, second.bare),
  ]
}
