import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as wholeEc2 from '@aws-sdk/client-ec2'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseSettings } from '../../config/parse-settings.ts'
import { bundleOptions } from '../../scripts/bundle/options.mjs'
import { writeOutKeys } from '../../scripts/bundle/slim-schemas.mjs'
import { renderNetwork, renderSandbox } from '../../stacks/synth.ts'
import { inputs, networkSpec, sandboxSpec } from '../stacks/specs.ts'

// What ships is a bundle that leaves out much of its packages: what is left has to do the same.

const root = resolve(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'graviton-bundle-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const entryPoints = {
  ec2: 'scripts/aws/sdk/ec2.ts',
  synth: 'stacks/synth.ts',
  gateway: 'local/gateway/main.ts',
  settings: 'config/parse-settings.ts',
}
/** Files of packages and ours, by bundle, with what is left of each in bytes. */
let parts: Record<string, Record<string, number>>

beforeAll(async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: folder,
    ...bundleOptions,
    metafile: true,
  })
  parts = Object.fromEntries(
    Object.entries(metafile?.outputs ?? {}).map(([path, { inputs: of }]) => [
      path.replace(/^.*\/|\.mjs$/g, ''),
      Object.fromEntries(Object.entries(of).map(([file, { bytesInOutput }]) => [file, bytesInOutput])),
    ]),
  )
})

const load = <T>(name: keyof typeof entryPoints): Promise<T> =>
  import(pathToFileURL(join(folder, `${name}.mjs`)).href) as Promise<T>

const filesOf = (name: keyof typeof entryPoints): string =>
  Object.entries(parts[name] ?? {})
    .filter(([, bytes]) => bytes > 0)
    .map(([file]) => file)
    .join('\n')

test('each entry is one file', () =>
  expect(readdirSync(folder).sort()).toEqual(['ec2.mjs', 'gateway.mjs', 'settings.mjs', 'synth.mjs']))

/** An answer with a list, a structure, a date, a number and a tag set: names of XML that the schemas have to know. */
const answer = `<DescribeInstancesResponse><requestId>r</requestId><reservationSet><item><reservationId>r-1</reservationId>
<instancesSet><item><instanceId>i-1</instanceId><imageId>ami-1</imageId><instanceState><code>16</code><name>running</name></instanceState>
<launchTime>2026-01-02T03:04:05.000Z</launchTime><metadataOptions><httpTokens>required</httpTokens>
<httpPutResponseHopLimit>1</httpPutResponseHopLimit></metadataOptions><groupSet><item><groupId>sg-1</groupId></item></groupSet>
<tagSet><item><key>kiro:user</key><value>alice</value></item></tagSet></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`

/** What a client sends and what it makes of the answer. */
const ask = async ({ EC2Client, DescribeInstancesCommand, RunInstancesCommand }: typeof wholeEc2) => {
  const sent: string[] = []
  const client = new EC2Client({
    region: 'us-west-2',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none' },
  })
  client.middlewareStack.add(
    () =>
      async ({ request }) => {
        sent.push(String((request as { body: unknown }).body))
        const { Readable } = await import('node:stream')
        const response = { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(answer)]) }
        return { response, output: undefined as never }
      },
    { step: 'deserialize', priority: 'low' },
  )
  const { Reservations } = await client.send(
    new DescribeInstancesCommand({ Filters: [{ Name: 'tag:kiro:user', Values: ['alice'] }], MaxResults: 5 }),
  )
  await client.send(
    new RunInstancesCommand({
      ...{ ImageId: 'ami-1', MinCount: 1, MaxCount: 1, UserData: 'IyEvYmluL3No' },
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'kiro:user', Value: 'alice' }] }],
    }),
  )
  return { Reservations, sent: sent.map((body) => body.replace(/ClientToken=[^&]*/, 'ClientToken=')) }
}

test('EC2 sends and reads the same', async () => {
  const slim = await ask(await load<typeof wholeEc2>('ec2'))
  expect(slim).toEqual(await ask(wholeEc2))
  expect(slim.Reservations?.[0]?.Instances?.[0]).toMatchObject({
    InstanceId: 'i-1',
    State: { Code: 16, Name: 'running' },
    MetadataOptions: { HttpTokens: 'required' },
    Tags: [{ Key: 'kiro:user', Value: 'alice' }],
  })
  expect(slim.sent[1]).toContain('TagSpecification.1.Tag.1.Key=kiro%3Auser')
})

test('of the schemas of EC2 a tenth is left', () => {
  const [, bytes] =
    Object.entries(parts.ec2 ?? {}).find(([file]) => /client-ec2\/.*\/schemas_0\.js$/.test(file)) ?? []
  expect(bytes).toBeGreaterThan(10_000)
  expect(bytes).toBeLessThan(200_000)
})

const clients = readdirSync(join(root, 'node_modules', '@aws-sdk')).filter((name) =>
  name.startsWith('client-'),
)

test.each(clients)('the keys of %s are all written out', (client) => {
  const folder = join(root, 'node_modules', '@aws-sdk', client, 'dist-es', 'schemas')
  for (const name of readdirSync(folder)) {
    const source = readFileSync(join(folder, name), 'utf8')
    expect(source).toMatch(/\[_\w+\]:/)
    expect(writeOutKeys(source)).not.toMatch(/\[_\w+\]:/)
  }
})

test('the stacks are the same, byte for byte', async () => {
  const synth = await load<{ renderNetwork: typeof renderNetwork; renderSandbox: typeof renderSandbox }>(
    'synth',
  )
  expect(synth.renderNetwork(networkSpec)).toBe(renderNetwork(networkSpec))
  expect(synth.renderSandbox(sandboxSpec, inputs)).toBe(renderSandbox(sandboxSpec, inputs))
})

const rooms = ['config', 'connect', 'iam', 'images', 'local', 'protocol', 'scripts', 'stacks', 'userdata']
const sources = rooms.flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, room, name), 'utf8')),
)

test('no source asks for what the stand-ins lack', () => {
  const ofUndici = sources.flatMap((text) => text.match(/^import .* from 'undici.*'$/gm) ?? [])
  expect(ofUndici).toEqual(["import { Pool } from 'undici'"])
  expect(sources.filter((text) => text.includes('TerraformAsset'))).toEqual([])
})

test('cdktf comes without what it packs assets with, sandboxes without the resources of alerts', () => {
  expect(filesOf('synth')).toContain('scripts/bundle/archiver.cjs')
  expect(filesOf('synth')).not.toMatch(/node_modules\/(archiver|readable-stream|glob)\//)
  expect(filesOf('synth')).not.toMatch(/cloudwatch-event-target|ssoadmin/)
})

test('the gateway comes without what it does not use of undici', () => {
  expect(filesOf('gateway')).toContain('undici/lib/dispatcher/pool.js')
  expect(filesOf('gateway')).not.toMatch(/undici\/(index\.js|lib\/(mock|cache|interceptor)\/)/)
})

test('what is wrong with settings is said in the same words', async () => {
  const bundled = await load<{ parseSettings: typeof parseSettings }>('settings')
  const wrong = '{"network":{"mode":"nope"},"instance":{"type":5},"elevation":{"maxMinutes":0}}'
  const refusal = ({ parseSettings: parse }: typeof bundled) => {
    try {
      return parse(wrong, 'settings.json')
    } catch (error) {
      return (error as Error).message
    }
  }
  expect(refusal(bundled)).toMatch(/instance\.type is 5, expected string, received number/)
  expect(refusal(bundled)).toBe(refusal({ parseSettings }))
})
