import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { makeArtifacts } from '../../local/artifacts/artifacts.ts'
import type { ImageValues, PayloadFile } from '../../userdata/payload.ts'
import type { Sources } from '../../userdata/render-payload.ts'

const root = resolve(import.meta.dirname, '..', '..')
const folder = join(root, 'userdata')

export const readSources = (): Sources =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  )

export const artifacts = makeArtifacts(root)
export const kiroCli = artifacts.find(({ targetTriple }) => targetTriple === 'x86_64-unknown-linux-musl')
export const awsCli = artifacts.find(({ name }) => name.startsWith('awscli-exe-linux-x86_64'))
if (kiroCli === undefined || awsCli === undefined) throw new Error('the stand-in archives are not made')

export const values = (packages: readonly string[]): ImageValues => ({
  releasever: '2023.9.20251110',
  packages,
  kiroCli: {
    version: kiroCli.version,
    sha256: kiroCli.sha256,
    targetTriple: kiroCli.targetTriple ?? '',
  },
  awsCli: { version: awsCli.version, sha256: awsCli.sha256 },
  swapMiB: 512,
  architecture: 'x86_64',
  digest: 'd'.repeat(64),
})

/** The payload and the archives as one base64 text, small enough for a command of Systems Manager. */
export const packPayload = (files: readonly PayloadFile[]): string => {
  const draft = mkdtempSync(join(tmpdir(), 'kiro-payload-'))
  try {
    for (const { path, content, mode } of files) {
      mkdirSync(dirname(join(draft, path)), { recursive: true })
      writeFileSync(join(draft, path), content, { mode })
    }
    writeFileSync(join(draft, 'kiro-cli.archive'), kiroCli.body)
    writeFileSync(join(draft, 'aws-cli.archive'), awsCli.body)
    return execFileSync('tar', ['-C', draft, '--owner=0', '--group=0', '-czf', '-', '.']).toString('base64')
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}
