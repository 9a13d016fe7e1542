import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Zippable, zipSync } from 'fflate'

/**
 * What an image build downloads from vendors, for a target without an internet: archives with the vendors'
 * layout around programs that say that they stand in. The same sources give the same bytes, so that a lock
 * file can hold their sha256.
 */
export interface Artifact {
  readonly name: string
  readonly version: string
  readonly targetTriple: string | undefined
  readonly sha256: string
  readonly body: Buffer
}

/** Of the texts they imitate. */
const kiroVersion = '2.21.4'
/** Of the awscli package of Debian 12, which is what runs on the stand-in. */
const awsVersion = '2.9.19'

const triples = { x86_64: 'x86_64-unknown-linux-musl', arm64: 'aarch64-unknown-linux-musl' } as const
type Architecture = keyof typeof triples

/** The zip format knows no date before 1980; this one is the same for ever, in every time zone. */
const mtime = new Date(1980, 0, 1)

const entry = (text: string, mode: number): Zippable[string] => [
  Buffer.from(text),
  { mtime, os: 3, attrs: (0o100000 | mode) << 16 },
]

const pack = (entries: Zippable): Buffer => Buffer.from(zipSync(entries, { level: 9 }))

const artifact = (
  name: string,
  version: string,
  targetTriple: string | undefined,
  body: Buffer,
): Artifact => ({
  ...{ name, version, targetTriple, body },
  sha256: createHash('sha256').update(body).digest('hex'),
})

type Read = (name: string) => string

const kiroCli = (read: Read, architecture: Architecture): Artifact => {
  const triple = triples[architecture]
  const info = `BUILD_TARGET_TRIPLE=${triple}\nBUILD_VERSION=${kiroVersion}\nBUILD_NOTE="stand-in of the local target"\n`
  const program = read('kiro-cli.py').replace('@version@', kiroVersion)
  const body = pack({
    'kirocli/BUILD-INFO': entry(info, 0o644),
    'kirocli/install.sh': entry('#!/bin/sh\necho "stand-in: nothing to install" >&2\nexit 1\n', 0o755),
    'kirocli/bin/kiro-cli': entry(program, 0o755),
  })
  return artifact(`kirocli-${triple.replace('-unknown', '')}.zip`, kiroVersion, triple, body)
}

const awsCli = (read: Read, architecture: Architecture): Artifact => {
  const machine = architecture === 'arm64' ? 'aarch64' : 'x86_64'
  const body = pack({
    'aws/install': entry(read('aws-install.sh').replace('@version@', awsVersion), 0o755),
    'aws/dist/aws': entry(read('aws.sh').replaceAll('@version@', awsVersion), 0o755),
    'aws/README.md': entry(`Stand-in of the local target for ${machine}.\n`, 0o644),
  })
  return artifact(`awscli-exe-linux-${machine}-${awsVersion}.zip`, awsVersion, undefined, body)
}

/** @param root the checkout */
export const makeArtifacts = (root: string): Artifact[] => {
  const read: Read = (name) => readFileSync(join(root, 'local', 'artifacts', name), 'utf8')
  const architectures: readonly Architecture[] = ['x86_64', 'arm64']
  return architectures.flatMap((one) => [kiroCli(read, one), awsCli(read, one)])
}

export interface Served {
  readonly type: string
  readonly body: Buffer
}

/** `manifest.json` lists them as the vendor of kiro-cli lists its own. undefined: there is no such file. */
export const findArtifact = (artifacts: readonly Artifact[], name: string): Served | undefined => {
  if (name !== 'manifest.json') {
    const found = artifacts.find((one) => one.name === name)
    return found === undefined ? undefined : { type: 'application/zip', body: found.body }
  }
  const packages = artifacts.map(({ name: download, version, sha256, targetTriple, body }) => ({
    ...{ download, version, sha256, targetTriple },
    ...{ size: body.length, fileType: 'zip', variant: 'headless' },
  }))
  const text = JSON.stringify({ version: kiroVersion, packages }, null, 2)
  return { type: 'application/json', body: Buffer.from(text) }
}
