import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTrailOwners } from '../../../local/trail/owners.ts'
import { type Gateway, serve } from '../ssm/fixture.ts'

describe('through the gateway', () => {
  let gateway: Gateway
  let home: string
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'graviton-trail-'))
    const [file, older] = [join(home, 'journal.jsonl'), join(home, 'journal.1.jsonl')]
    gateway = await serve(home, createTrailOwners({ file, older, flush: () => gateway.flush() }))
  })
  afterAll(async () => {
    await gateway.close()
    rmSync(home, { recursive: true })
  })

  test('the AWS CLI sees its own last call', async () => {
    const env = {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      AWS_ENDPOINT_URL: gateway.endpoint,
      AWS_ACCESS_KEY_ID: 'alice',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_DEFAULT_REGION: 'us-west-2',
    }
    const aws = (...args: string[]) => promisify(execFile)('aws', args, { env })
    await aws('ssm', 'get-parameter', '--name', '/x').catch(() => {})
    const { stdout } = await aws(
      'cloudtrail',
      'lookup-events',
      '--max-items',
      '1',
      '--start-time',
      new Date(Date.now() - 60_000).toISOString(),
    )
    expect(JSON.parse(stdout).Events).toMatchObject([
      { EventName: 'GetParameter', Username: 'alice', ReadOnly: 'true' },
    ])
  })
})
