import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll } from 'vitest'
import type { LocalTarget } from '../../../local/control/ensure.ts'
import { childEnvironment, clientsFor, openRoom, python, type Room } from '../control/fixture.ts'

let room: Room
export let target: LocalTarget
export let clients: ReturnType<typeof clientsFor>

beforeAll(async () => {
  room = await openRoom()
  target = await room.up()
  clients = clientsFor(target)
  await clients.s3.send(
    new CreateBucketCommand({
      Bucket: 'signed',
      CreateBucketConfiguration: { LocationConstraint: 'us-west-2' },
    }),
  )
})
afterAll(() => room.close())

export const error = async (work: Promise<unknown>) => {
  const caught = await work.then(
    () => undefined,
    (reason: { name: string; message: string; $metadata?: { httpStatusCode?: number } }) => reason,
  )
  return { name: caught?.name, status: caught?.$metadata?.httpStatusCode, message: caught?.message }
}

/** botocore signs, not the JavaScript SDK: two independent authors must agree with ours. */
export const runPython = async (script: string, env = childEnvironment(target)): Promise<string> => {
  const head = 'import boto3, os\nfrom botocore.config import Config\n'
  const { stdout } = await promisify(execFile)(python, ['-c', head + script], { env })
  return stdout.trim()
}
