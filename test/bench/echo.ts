import { setTimeout as sleep } from 'node:timers/promises'
import { reach } from '../connect/ssm/reach.ts'
import type { GuestRoom } from '../local/guests/fixture.ts'

const strokes = 300
/** Milliseconds between two keys: nobody types faster, and nothing of one is in the way of the next. */
const pause = 20

/** Milliseconds from a key to what the terminal there shows for it; that is the kernel's echo, so the rest is the way. */
export const measureEcho = async (room: GuestRoom, instanceId: string): Promise<number[]> => {
  const { connect } = await reach(room, instanceId).start('AWS-StartInteractiveCommand', {
    command: ['echo ready; exec cat >/dev/null'],
  })
  let onOutput = (_text: string): void => {}
  const session = connect({
    onReady: () => {},
    onOutput: (data) => onOutput(data.toString()),
    onErrorOutput: () => {},
    onDrain: () => {},
    onTrouble: () => {},
  })
  const hear = (text: string) =>
    new Promise<void>((resolve) => {
      onOutput = (said) => said.includes(text) && resolve()
    })
  const ready = hear('ready')
  await session.open()
  await ready
  const samples: number[] = []
  for (let stroke = 0; stroke < strokes; stroke += 1) {
    await sleep(pause)
    const began = performance.now()
    const heard = hear('x')
    session.write(Buffer.from('x'))
    await heard
    samples.push(performance.now() - began)
  }
  await session.terminate()
  return samples
}
