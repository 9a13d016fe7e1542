import { CreateImageCommand, DescribeImagesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2'
import { readControlPlane } from '../../local/control/read.ts'
import { type GuestRoom, openGuestRoom } from '../local/guests/fixture.ts'
import type { Lab } from './lab.ts'
import { median, planRow, type Row } from './row.ts'

const group = 'guests'
const fleet = 20

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

const launchOnline = async (room: GuestRoom): Promise<string> => {
  const id = await room.launch()
  await room.online(id)
  return id
}

const terminate = async (room: GuestRoom, ids: readonly string[]): Promise<void> => {
  await room.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [...ids] }))
  await Promise.all(ids.map((id) => room.waitForState(id, 'terminated')))
}

/** From before RunInstances until Systems Manager says Online, for so many machines at once. */
const boots = async (room: GuestRoom, machines: number, runs: number): Promise<number[]> => {
  const samples: number[] = []
  for (let run = 0; run < runs; run += 1) {
    let ids: string[] = []
    const work = async () => {
      ids = await Promise.all(Array.from({ length: machines }, () => launchOnline(room)))
    }
    samples.push(await timed(work))
    await terminate(room, ids)
  }
  return samples
}

const captures = async (room: GuestRoom, id: string, runs: number): Promise<number[]> => {
  const samples: number[] = []
  for (let run = 0; run < runs; run += 1) {
    await room.output(id, `echo ${run} >/opt/change`)
    samples.push(
      await timed(async () => {
        const { ImageId = '' } = await room.clients.ec2.send(
          new CreateImageCommand({ InstanceId: id, Name: `bench-${run}` }),
        )
        for (let state = 'pending'; state === 'pending'; ) {
          await new Promise((resolve) => setTimeout(resolve, 20))
          const { Images } = await room.clients.ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId] }))
          state = Images?.[0]?.State ?? 'gone'
        }
      }),
    )
    await room.online(id)
  }
  return samples
}

/** Milliseconds as curl counts them inside the guest, a new connection each time as most tools do. */
const metadata = async (room: GuestRoom, id: string): Promise<number[]> => {
  const script = `token=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' http://169.254.169.254/latest/api/token)
for n in $(seq 100); do curl -s -o /dev/null -w '%{time_total}\\n' -H "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/meta-data/instance-id; done`
  return (await room.output(id, script)).split('\n').map((seconds) => Number(seconds) * 1000)
}

const memoryOf = async (room: GuestRoom): Promise<number> => {
  const ids = await Promise.all(Array.from({ length: fleet }, () => launchOnline(room)))
  const plane = await readControlPlane(room.room.paths)
  await terminate(room, ids)
  return (plane?.memoryBytes.gateway ?? Number.NaN) / 1024 / 1024
}

const contest = async (room: GuestRoom, runs: number): Promise<Row[]> => {
  // The first one pays for what the page cache does not hold yet.
  await terminate(room, [await launchOnline(room)])
  const one = await boots(room, 1, Math.max(runs, 5))
  const four = await boots(room, 4, runs)
  const id = await launchOnline(room)
  const images = await captures(room, id, Math.max(runs, 3))
  const answers = await metadata(room, id)
  await terminate(room, [id])
  const memory = await memoryOf(room)
  return [
    planRow({ group, what: 'RunInstances to SSM Online', unit: 's', target: 2 }, one),
    planRow({ group, what: 'four at once, until all are Online', unit: 's' }, four),
    {
      ...{ group, what: 'four at once / one', unit: 'x', target: 1.5, count: four.length },
      value: median(four) / median(one),
    },
    planRow({ group, what: 'CreateImage of a small change, until available', unit: 's', target: 2 }, images),
    planRow({ group, what: 'metadata, one answer inside a guest', unit: 'ms', target: 5 }, answers),
    {
      group,
      what: `memory of the gateway with ${fleet} guests`,
      unit: 'MB',
      value: memory,
      target: 150,
      count: 1,
    },
  ]
}

/** Machines of the host's architecture; what an emulated one takes says nothing about us. */
export const benchGuests = async (_lab: Lab, runs: number): Promise<Row[]> => {
  const room = await openGuestRoom()
  try {
    return await contest(room, runs)
  } finally {
    await room.close()
  }
}
