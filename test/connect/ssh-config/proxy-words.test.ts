import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { UserName } from '../../../config/user-name.ts'
import { planSshPlace } from '../../../connect/ssh-config/place.ts'
import { planAwsCliWords, planKept, planProxyWords } from '../../../connect/ssh-config/proxy-words.ts'
import { renderHost } from '../../../connect/ssh-config/render-host.ts'

const home = mkdtempSync(join(tmpdir(), "kiro proxy o'neil-"))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const place = planSshPlace(home)
const alice = 'alice' as UserName
const keep = { AWS_PROFILE: 'dev team', KIRO_SANDBOX_STATE: join(home, 'state') }
const { publicKey } = place

/** A program that notes its words and some of its environment, in place of one that is not installed here. */
const plant = (file: string): string => {
  mkdirSync(join(home, 'bin'), { recursive: true })
  const notes = join(home, 'notes')
  const lines = [
    `{ printf '%s\\0' "$@" "AWS_PROFILE=\${AWS_PROFILE-}" "KIRO_SANDBOX_STATE=\${KIRO_SANDBOX_STATE-}" END; } >>"${notes}"`,
    'echo "noise of $2"',
  ]
  writeFileSync(file, `#!/bin/sh\n${lines.join('\n')}\n`)
  chmodSync(file, 0o755)
  return notes
}

const connect = (proxy: readonly string[], path: string) => {
  const file = join(home, 'block')
  writeFileSync(
    file,
    renderHost({
      ...{ user: alice, instanceId: 'i-0a', sandboxUser: 'kiro', proxy, place, platform: 'linux' },
      writtenBy: 'a test',
    }),
  )
  const { AWS_PROFILE: _, ...env } = process.env
  const options = ['-o', 'ControlMaster=no', '-o', 'BatchMode=yes', '-o', 'LogLevel=DEBUG1']
  return spawnSync('ssh', ['-F', file, ...options, 'sandbox-alice', 'true'], {
    env: { ...env, PATH: `${path}:${env.PATH}` },
    encoding: 'utf8',
  })
}
const words = (notes: string) =>
  readFileSync(notes, 'utf8')
    .split('END\0')
    .slice(0, -1)
    .map((call) => call.split('\0').slice(0, -1))

test('ssh starts our proxy with the key, the target and the variables it needs, whoever starts ssh', () => {
  const node = join(home, 'bin', 'node 20')
  const notes = plant(node)
  connect(
    planProxyWords({
      ...{
        user: alice,
        instanceId: 'i-0a',
        node,
        launcher: '/a b/launch.mjs',
        publicKey,
        keep,
        platform: 'linux',
      },
      flags: ['--target', 'aws'],
    }),
    '/nowhere',
  )
  expect(words(notes)).toEqual([
    [
      ...['/a b/launch.mjs', 'ssh:proxy', '--user', 'alice', '--key', publicKey],
      ...['--instance', 'i-0a', '--target', 'aws'],
      ...['AWS_PROFILE=dev team', `KIRO_SANDBOX_STATE=${join(home, 'state')}`],
    ],
  ])
  rmSync(notes)
})

test('the AWS CLI hands over the key, then is the tunnel; what it says first does not reach ssh', () => {
  const notes = plant(join(home, 'bin', 'aws'))
  const { stderr } = connect(
    planAwsCliWords({
      ...{ publicKey, keep, platform: 'linux', instanceId: 'i-0a', region: 'us-west-2', maxSeconds: 3600 },
    }),
    join(home, 'bin'),
  )
  const machine = ['--instance-id', 'i-0a', '--region', 'us-west-2']
  const variables = ['AWS_PROFILE=dev team', `KIRO_SANDBOX_STATE=${join(home, 'state')}`]
  expect(words(notes)).toEqual([
    [
      ...['ec2-instance-connect', 'send-ssh-public-key', ...machine, '--instance-os-user', 'kiro'],
      ...['--ssh-public-key', `file://${publicKey}`, ...variables],
    ],
    ['ec2-instance-connect', 'open-tunnel', ...machine, '--max-tunnel-duration', '3600', ...variables],
  ])
  expect(stderr).toContain('noise of open-tunnel')
  expect(stderr).not.toContain('noise of send-ssh-public-key')
})

test('on Windows there is no shell for that, and this is said', () => {
  expect(() =>
    planAwsCliWords({
      ...{ publicKey, keep, platform: 'win32', instanceId: 'i-0a', region: 'us-west-2', maxSeconds: 60 },
    }),
  ).toThrow('--aws-cli needs a Unix shell')
})

test('names of profiles and places are kept, credentials never', () => {
  const environment = {
    ...{
      AWS_PROFILE: 'dev',
      AWS_CONFIG_FILE: '',
      AWS_ACCESS_KEY_ID: 'AKIA',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
    ...{ AWS_SESSION_TOKEN: 'token', KIRO_SANDBOX_STATE: '/default' },
  }
  expect(planKept(environment, undefined)).toEqual({ AWS_PROFILE: 'dev' })
  expect(planKept(environment, '/else')).toEqual({ AWS_PROFILE: 'dev', KIRO_SANDBOX_STATE: '/else' })
})

test('an editor from a menu gets the way to AWS, but no password of a proxy', () => {
  const way = {
    HTTPS_PROXY: 'http://proxy.example:8080',
    NO_PROXY: '.example',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
  }
  expect(planKept(way, undefined)).toEqual(way)
  for (const secret of ['http://me:secret@proxy:8080', 'me:secret@proxy:8080', 'http://token@proxy'])
    expect(planKept({ HTTPS_PROXY: secret }, undefined)).toEqual({})
})
