import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Base } from '../../../local/base/find.ts'
import type { ImageSource } from '../../../local/base/registry.ts'
import { Registry } from './registry.ts'

const run = promisify(execFile)

const ociOf = { x86_64: 'amd64', arm64: 'arm64' } as const

/** A registry on 127.0.0.1 that has an image of Amazon Linux's shape, in a list with one for another architecture. */
export interface TinyAmazon {
  readonly registry: Registry
  /** The list. */
  readonly source: ImageSource
  close(): Promise<void>
}

export const openTinyAmazon = async (standIn: Base, podman: string): Promise<TinyAmazon> => {
  const work = mkdtempSync(join(tmpdir(), 'tiny-'))
  const registry = new Registry(work)
  const close = async () => {
    await registry.close()
    await run('umount', [join(work, 'root', 'overlay')]).catch(() => {})
    rmSync(work, { recursive: true, force: true })
  }
  await registry.listen()
  try {
    await run('bash', [join(import.meta.dirname, 'tiny-amazon.sh')], {
      env: {
        ...process.env,
        ...{ work, podman, address: registry.address },
        ...{ store: standIn.store, image: standIn.image, repository: standIn.repository },
      },
      maxBuffer: 1 << 24,
    })
    const own = ociOf[standIn.architecture]
    const foreign = join(work, 'foreign.tar')
    writeFileSync(join(work, 'foreign'), 'not for this machine\n')
    await run('tar', ['-C', work, '-cf', foreign, 'foreign'])
    const list = registry.addList([
      await registry.addImage(foreign, own === 'amd64' ? 'arm64' : 'amd64'),
      await registry.addImage(join(work, 'rootfs.tar'), own),
    ])
    return { registry, source: registry.sourceOf(list), close }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * A checkout whose recipe of Amazon Linux is the real one and whose stand-in is made in a moment, so that what happens
 * between the two is seen in seconds.
 */
export const openQuickCheckout = (root: string): { root: string; close(): void } => {
  const folder = mkdtempSync(join(tmpdir(), 'quick-'))
  cpSync(join(root, 'local', 'base'), join(folder, 'local', 'base'), { recursive: true })
  writeFileSync(
    join(folder, 'local', 'base', 'stand-in', 'make.sh'),
    'set -eu\nmkdir "$draft/store" "$draft/repository"\necho 0 >"$draft/image-id"\n: >"$draft/seconds"\n',
  )
  return { root: folder, close: () => rmSync(folder, { recursive: true, force: true }) }
}
