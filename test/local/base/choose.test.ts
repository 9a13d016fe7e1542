import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { planBaseSetting } from '../../../config/local-base.ts'
import { decideBase, decideSetting } from '../../../local/base/choose.ts'
import { type Base, type BaseKind, parseBase } from '../../../local/base/find.ts'
import { amazonLinuxSource, askRegistry, isLoopback, renderSource } from '../../../local/base/registry.ts'

const baseOf = (kind: BaseKind): Base =>
  parseBase(JSON.stringify({ kind, image: 'i', architecture: 'arm64', digest: 'd' }), '/b') as Base
const amazon = baseOf('amazon-linux')
const standIn = baseOf('stand-in')
const none = { 'amazon-linux': undefined, 'stand-in': undefined }
const both = { 'amazon-linux': amazon, 'stand-in': standIn }
const yes = { answers: true } as const
const no = { answers: false, why: 'ENOTFOUND' } as const

describe('what machines are made of', () => {
  test.each([
    ['auto takes Amazon Linux that is there', 'auto', both, undefined, { do: 'use', base: amazon }],
    [
      'auto takes the stand-in that is there, and asks nobody',
      'auto',
      { ...none, 'stand-in': standIn },
      undefined,
      { do: 'use', base: standIn },
    ],
    ['auto asks the first time', 'auto', none, undefined, { do: 'ask' }],
    ['auto takes what answers', 'auto', none, yes, { do: 'build', kind: 'amazon-linux', line: undefined }],
    [
      'auto says so when nobody answers',
      'auto',
      none,
      no,
      {
        do: 'build',
        kind: 'stand-in',
        line: 'r does not answer (ENOTFOUND): machines are the stand-in made of Debian',
      },
    ],
    [
      'the stand-in is taken although there is more',
      'stand-in',
      both,
      undefined,
      { do: 'use', base: standIn },
    ],
    [
      'the stand-in is built without a question',
      'stand-in',
      { ...none, 'amazon-linux': amazon },
      undefined,
      { do: 'build', kind: 'stand-in', line: undefined },
    ],
    [
      'Amazon Linux is asked for although there is a stand-in',
      'amazon-linux',
      { ...none, 'stand-in': standIn },
      undefined,
      { do: 'ask' },
    ],
    [
      'Amazon Linux that is there needs no registry',
      'amazon-linux',
      both,
      undefined,
      { do: 'use', base: amazon },
    ],
  ] as const)('%s', (_name, setting, bases, answer, step) => {
    expect(decideBase(setting, bases, 'r', answer)).toEqual(step)
  })

  test('who insists on Amazon Linux hears that nobody answers', () =>
    expect(() => decideBase('amazon-linux', none, 'r', no)).toThrow(
      'r does not answer (ENOTFOUND), and the settings ask for Amazon Linux 2023',
    ))

  test('the variable goes before the settings, and no third kind passes', () => {
    expect(planBaseSetting({ base: 'auto' }, {})).toBe('auto')
    expect(planBaseSetting({ base: 'auto' }, { KIRO_SANDBOX_BASE_IMAGE: 'stand-in' })).toBe('stand-in')
    expect(() => planBaseSetting({ base: 'auto' }, { KIRO_SANDBOX_BASE_IMAGE: 'fedora' })).toThrow(
      'KIRO_SANDBOX_BASE_IMAGE is "fedora", which is no kind of base image',
    )
  })

  test('the image is pinned by its digest, not by a tag', () =>
    expect(renderSource(amazonLinuxSource)).toMatch(
      /^public\.ecr\.aws\/amazonlinux\/amazonlinux@sha256:[0-9a-f]{64}$/,
    ))
})

describe('what a Docker runs', () => {
  test.each([
    ['podman', 'auto', 'auto'],
    ['podman', 'amazon-linux', 'amazon-linux'],
    ['docker', 'auto', 'stand-in'],
    ['docker', 'stand-in', 'stand-in'],
  ] as const)('%s with the setting %s: %s', (engine, setting, decided) => {
    expect(decideSetting(setting, engine)).toBe(decided)
  })

  test('is no Amazon Linux, which is said with what to set instead', () => {
    expect(() => decideSetting('amazon-linux', 'docker')).toThrow(
      'machines of Amazon Linux 2023 need podman, and Docker runs them here',
    )
  })
})

describe('whether a registry is there', () => {
  const serve = async (reply: (response: ServerResponse) => void) => {
    const server = createServer((_request, response) => reply(response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return { ...amazonLinuxSource, registry: `127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  test.each([
    ['one that is open', 200, { 'docker-distribution-api-version': 'registry/2.0' }, yes],
    ['one that wants a token', 401, { 'www-authenticate': 'Bearer realm="https://x/token/"' }, yes],
    ['a login page', 200, {}, { answers: false, why: 'HTTP 200, which is no registry' }],
    [
      'a redirection',
      302,
      { location: 'http://x/' },
      { answers: false, why: 'HTTP 302, which is no registry' },
    ],
  ] as const)('%s', async (_name, status, headers, expected) => {
    const source = await serve((response) => response.writeHead(status, headers).end('{}'))
    expect(await askRegistry(source, {})).toEqual(expected)
  })

  test('one that says nothing is waited for three seconds', async () => {
    const source = await serve(() => {})
    const began = performance.now()
    expect(await askRegistry(source, {})).toEqual({ answers: false, why: 'nothing within 3 seconds' })
    expect(performance.now() - began).toBeGreaterThan(2900)
  })

  test('an interrupt is not mistaken for silence', async () => {
    const source = await serve(() => {})
    await expect(askRegistry(source, {}, AbortSignal.timeout(50))).rejects.toThrow(/abort|timeout/i)
  })

  test('behind a proxy only pulling can tell', async () => {
    expect(await askRegistry(amazonLinuxSource, { HTTPS_PROXY: 'http://127.0.0.1:1' })).toEqual(yes)
  })

  test.each([
    ['127.0.0.1:5000', true],
    ['localhost', true],
    ['127.0.0.1.example.com', false],
    ['public.ecr.aws', false],
  ])('plain HTTP to %s: %s', (registry, loopback) => expect(isLoopback(registry)).toBe(loopback))
})
