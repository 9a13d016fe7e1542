import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Lab, warming } from './lab.ts'
import { planRow, type Row } from './row.ts'
import { ask, identity, keysOf, loopback, sign } from './signed.ts'
import { time } from './timed.ts'

const rounds = 3

/** From typing `local:env`, which starts the control plane and no machines, to the first answer of an AWS call. */
const untilAnswer = async (lab: Lab): Promise<number> => {
  const { seconds } = await time(lab.direct('local:env'))
  const { port, ...keys } = keysOf(await lab.session.awsEnvironment())
  const agent = new Agent()
  try {
    return seconds + (await ask(agent, loopback(port), sign(identity, port, keys, new Date()))) / 1000
  } finally {
    agent.destroy()
  }
}

const once = async (lab: Lab): Promise<number> => {
  try {
    return await untilAnswer(lab)
  } finally {
    await lab.close()
  }
}

/** The control plane without any books, with those of the sandboxes made before, and in a checkout just cloned. */
export const benchControl = async (lab: Lab): Promise<Row[]> => {
  const [empty, again]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    empty.push(await once(Lab.open(() => {}).inherit(lab)))
    await time(lab.direct('local:down'))
    again.push(await untilAnswer(lab))
    // The next start shall have the machine for itself.
    await sleep(warming)
  }
  const cold = await once(Lab.open(() => {}))
  const group = 'control'
  return [
    planRow({ group, what: '`local:env` to first answer, no books yet', unit: 's', target: 3 }, empty),
    planRow(
      { group, what: '`local:env` to first answer, books of the sandboxes above', unit: 's', target: 3 },
      again,
    ),
    planRow({ group, what: 'the same in an empty state folder: bundle made, tools looked for', unit: 's' }, [
      cold,
    ]),
  ]
}
