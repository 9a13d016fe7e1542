import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { EC2Client } from '@aws-sdk/client-ec2'
import { IAMClient } from '@aws-sdk/client-iam'
import { S3Client } from '@aws-sdk/client-s3'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'
import { build } from 'esbuild'
import type { Paths } from '../../../config/paths.ts'
import { silentStory } from '../../../config/story.ts'
import { ensureControlPlane, type LocalTarget } from '../../../local/control/ensure.ts'
import { parseRecord } from '../../../local/control/render-journal.ts'
import { stopControlPlane } from '../../../local/control/stop.ts'
import { clearEngine } from '../../../local/engine/clear.ts'
import type { JournalRecord } from '../../../local/gateway/journal.ts'
import { bundleOptions } from '../../../scripts/bundle/options.mjs'

export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))
export const python = process.env.KIRO_SANDBOX_PYTHON ?? 'python3'
export const region = 'us-west-2'

/** The daemon as it ships: one bundle, made as scripts/launch.mjs makes it, but of the gateway alone (50 ms). */
const bundleGateway = async (folder: string): Promise<void> => {
  await build({
    absWorkingDir: root,
    entryPoints: { gateway: 'local/gateway/main.ts' },
    outdir: folder,
    ...bundleOptions,
  })
}

export interface Room {
  readonly paths: Paths
  /** Starts the daemon of this room, or finds it. Whatever it started is ended with the room. */
  up(idleMinutes?: number): Promise<LocalTarget>
  close(): Promise<void>
}

const kill = (pid: number) => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already, as it should be.
  }
}

/** A state folder of its own, far from that of the checkout. */
export const openRoom = async (): Promise<Room> => {
  const state = mkdtempSync(join(tmpdir(), 'graviton-local-'))
  const bundle = join(state, 'bundle')
  await bundleGateway(bundle)
  const paths: Paths = {
    ...{ root, state, bundle },
    ...{ tools: join(state, 'tools'), local: join(state, 'local') },
    // Made once per machine, not once per room.
    base: process.env.KIRO_SANDBOX_BASE ?? join(root, '.state', 'base'),
  }
  const started = new Set<number>()
  return {
    paths,
    async up(idleMinutes = 10) {
      const target = await ensureControlPlane({ paths, python, idleMinutes, story: silentStory })
      if (target.started) started.add(target.pid)
      return target
    },
    async close() {
      if (existsSync(paths.local)) await stopControlPlane(paths).catch(() => false)
      for (const pid of started) kill(pid)
      await clearEngine(paths.local)
      rmSync(state, { recursive: true, force: true })
    },
  }
}

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** SDK clients as the product makes them; no retries, so that a test sees the first answer. */
export const clientsFor = (target: LocalTarget, keys: Keys = target) => {
  const { accessKeyId, secretAccessKey, sessionToken } = keys
  const credentials = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  }
  const config = { endpoint: target.endpoint, region, maxAttempts: 1, credentials }
  return {
    ec2: new EC2Client(config),
    iam: new IAMClient(config),
    s3: new S3Client(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
    trail: new CloudTrailClient(config),
  }
}

/** All that the daemon has to write down by now: who asks for the trail need not wait until it comes to the disk. */
export const readJournal = async (
  { paths }: Room,
  { trail }: ReturnType<typeof clientsFor>,
): Promise<JournalRecord[]> => {
  await trail.send(new LookupEventsCommand({ MaxResults: 1 }))
  return readFileSync(join(paths.local, 'journal.jsonl'), 'utf8')
    .split('\n')
    .flatMap((line) => parseRecord(line) ?? [])
    .filter(({ operation }) => operation !== 'LookupEvents')
}

/** Environment of a child process that talks to the target, and to nothing else. */
export const childEnvironment = (target: LocalTarget): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  AWS_ENDPOINT_URL: target.endpoint,
  AWS_ACCESS_KEY_ID: target.accessKeyId,
  AWS_SECRET_ACCESS_KEY: target.secretAccessKey,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_EC2_METADATA_DISABLED: 'true',
})

/** One that has ended and whose parent has not noticed yet is not alive; where nobody reaps, it stays like that. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** As long as a busy machine may need: it is the condition that counts, and it is looked at every few milliseconds. */
const patience = 60_000

export const waitUntil = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  const end = performance.now() + patience
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not true after ${patience} ms: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
