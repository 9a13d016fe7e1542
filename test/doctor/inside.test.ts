import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { CreateTagsCommand } from '@aws-sdk/client-ec2'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names, tag } from '../../config/names.ts'
import { decideInside } from '../../scripts/doctor/inside.ts'
import { openSandbox, type Sandbox } from '../connect-command/sandbox.ts'
import { region, root } from '../local/control/fixture.ts'
import { expectNote, expectWrong, parseReport } from './consult.ts'

const minutes = 60_000

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await openSandbox()
}, 4 * minutes)
afterAll(() => sandbox?.room.close(), minutes)

const consult = async () => {
  const child = spawn(process.execPath, [join(root, 'scripts', 'launch.mjs'), 'doctor', '--json'], {
    env: sandbox.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let stdout = ''
  child.stdout.on('data', (text: Buffer) => {
    stdout += text.toString()
  })
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return parseReport(code, stdout)
}

describe.sequential('inside a sandbox', { timeout: 2 * minutes }, () => {
  test('one in order is fine, and looking changes nothing in it', async () => {
    const list = () => sandbox.run(`find /home /etc -xdev -newermt '-1 minute' -type f ! -path '*/.cache/*'`)
    await sandbox.run('sleep 1')
    const consulted = await consult()
    expect(consulted.findings).toContainEqual(
      expect.objectContaining({ group: 'inside sandboxes', what: 'alice', verdict: 'fine' }),
    )
    expect((await list()).split('\n').filter((path) => path.startsWith('/home/kiro/work'))).toEqual([])
  })

  test('an agent of a repository that replaces ours, and one of ours that is not the image’s', async () => {
    await sandbox.run(
      `mkdir -p '/home/kiro/a b/.kiro/agents' && echo '{}' >'/home/kiro/a b/.kiro/agents/readonly.json'
       chown -R kiro: '/home/kiro/a b' && chown kiro: /home/kiro/.kiro/agents/elevated.json`,
    )
    const consulted = await consult()
    expectWrong(
      consulted,
      'alice',
      /^\/home\/kiro\/a b\/\.kiro\/agents\/readonly\.json replaces an agent/,
      /--shell$/,
    )
    expectWrong(consulted, 'alice', /^\/home\/kiro\/\.kiro\/agents\/elevated\.json replaces an agent/)
    await sandbox.run(`rm -r '/home/kiro/a b' && chown root: /home/kiro/.kiro/agents/elevated.json`)
  })

  test('a disk that is full, a unit that has failed', async () => {
    await sandbox.run(
      `head -c 62M /dev/zero >/dev/shm/much
       printf '[Service]\\nExecStart=/bin/false\\n' >/run/systemd/system/broken.service
       systemctl daemon-reload; systemctl start broken || true`,
    )
    const consulted = await consult()
    expectWrong(consulted, 'alice', /^\/dev\/shm is (9[5-9]|100) % full, 0\.0 GiB left/, /du -xh \/dev\/shm/)
    expectWrong(consulted, 'alice', /^failed units: broken\.service/, /systemctl status broken\.service/)
    await sandbox.run('rm /dev/shm/much; systemctl reset-failed broken')
  })

  test('a disk that fills up is worth knowing before it is full', () => {
    const lines = [['disk', '/', '88', String(3 * 1024 ** 2)]]
    expect(decideInside({ user: 'alice', lines, failure: undefined })).toMatchObject([
      { verdict: 'note', says: '/ is 88 % full, 3.0 GiB left' },
    ])
  })

  test('a machine whose agent never reports', async () => {
    const { s3, ec2 } = sandbox.room.clients
    const mute = await sandbox.room.launch({ IamInstanceProfile: undefined })
    await sandbox.room.waitForState(mute, 'running')
    const Tags = [tag.owner, tag.sandbox].map((Key) => ({ Key, Value: 'bob' }))
    await ec2.send(new CreateTagsCommand({ Resources: [mute], Tags }))
    const Bucket = names.stateBucket('111122223333', region)
    const CreateBucketConfiguration = { LocationConstraint: region } as const
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'sandbox-bob/terraform.tfstate', Body: '{}' }))
    const consulted = await consult()
    expectWrong(
      consulted,
      'bob',
      new RegExp(`^${mute} runs, but its SSM agent does not report`),
      /reboot-instances/,
    )
    expectNote(consulted, 'image', /no golden image yet/)
  })
})
