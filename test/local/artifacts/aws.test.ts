import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { unzipSync } from 'fflate'
import { expect, onTestFinished, test } from 'vitest'
import { makeArtifacts } from '../../../local/artifacts/artifacts.ts'

const root = resolve(import.meta.dirname, '..', '..', '..')

/** The stand-in of the lock, above an AWS CLI that says this. */
const createAws = (says: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'aws-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const archive = makeArtifacts(root).find(({ name }) => name.startsWith('awscli-'))
  const script = Buffer.from(unzipSync(archive?.body as Buffer)['aws/dist/aws'] as Uint8Array).toString()
  const real = join(folder, 'real')
  const file = join(folder, 'aws')
  writeFileSync(real, `#!/bin/sh\n[ "$1" = --version ] && echo "${says}" || echo "ran $*"\n`)
  writeFileSync(file, script.replaceAll('/usr/bin/aws', real))
  chmodSync(real, 0o755)
  chmodSync(file, 0o755)
  return (...args: string[]) => execFileSync(file, args, { encoding: 'utf8' }).trimEnd()
}

test.each([
  [
    'Debian’s, which has the version of the lock',
    'aws-cli/2.9.19 Python/3.11.2',
    'aws-cli/2.9.19 Python/3.11.2',
  ],
  [
    'Amazon Linux’s, which has another one and names it',
    'aws-cli/2.32.1 Python/3.9.25',
    'aws-cli/2.9.19 stand-in/aws-cli/2.32.1 Python/3.9.25',
  ],
])('the AWS CLI of the lock is the one of the base image: %s', (_name, says, said) => {
  const aws = createAws(says)
  expect(aws('--version')).toBe(said)
  expect(aws('sts', 'get-caller-identity')).toBe('ran sts get-caller-identity')
})
