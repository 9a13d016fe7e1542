import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Provider {
  /** `registry.terraform.io/hashicorp/aws` */
  readonly source: string
  readonly version: string
  /** `linux_amd64` */
  readonly platform: string
}

/** Where a mirror would hold it, unpacked and packed.
 * https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror */
export const planMirrorLayout = (mirror: string, { source, version, platform }: Provider) => ({
  unpacked: join(mirror, source, version, platform),
  packed: join(mirror, source, `terraform-provider-${source.split('/').at(-1)}_${version}_${platform}.zip`),
})

const lists = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The path that proves that the mirror holds this very provider. */
export const findInMirror = (mirror: string, provider: Provider): string | undefined => {
  const { unpacked, packed } = planMirrorLayout(mirror, provider)
  if (lists(unpacked).some((name) => name.startsWith('terraform-provider-'))) return unpacked
  return existsSync(packed) ? packed : undefined
}

/** A dead file server would hold us for minutes, and the others are no disks. */
const foreign = /^(nfs|cifs|smb|9p|afs|fuse|sshfs|ceph|gluster|autofs|proc|sysfs|devpts|cgroup|tracefs)/

/** Mount points to stay away from, from the text of /proc/self/mounts (blanks are `\040` there). */
export const parseForeignMounts = (text: string): ReadonlySet<string> =>
  new Set(
    text.split('\n').flatMap((line) => {
      const [, point, type] = line.split(' ')
      if (point === undefined || type === undefined || !foreign.test(type)) return []
      return [point.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))]
    }),
  )

const readForeignMounts = (): ReadonlySet<string> => {
  try {
    return parseForeignMounts(readFileSync('/proc/self/mounts', 'utf8'))
  } catch {
    return new Set()
  }
}

/** Big trees where no mirror lies, and `.terraform`, which is another project's and gone tomorrow. */
const dull = new Set(['.terraform', '.git', 'node_modules', '.npm', '.cache', '.cargo', 'dpkg', 'doc', 'man'])

const isRealFolder = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true

const listFolders = (folder: string): readonly string[] => {
  try {
    // Dirent does not follow links, so a link is no directory here and circles cannot happen.
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !dull.has(entry.name))
      .map((entry) => entry.name)
  } catch {
    return []
  }
}

export interface SearchRoot {
  readonly path: string
  readonly depth: number
}

/** What is found is kept, so this is waited for once; a busy computer must not miss its mirror for it. */
const patience = 2000

/** Breadth first, so that a shallow mirror is found before the time is up. */
export const searchMirrors = (
  roots: readonly SearchRoot[],
  provider: Provider,
  milliseconds = patience,
): { mirror: string; proof: string } | undefined => {
  const end = performance.now() + milliseconds
  const avoided = readForeignMounts()
  const host = provider.source.split('/')[0] ?? provider.source
  for (const root of roots) {
    let level = avoided.has(root.path) || !isRealFolder(root.path) ? [] : [root.path]
    for (let depth = 0; depth <= root.depth && level.length > 0; depth += 1) {
      const next: string[] = []
      for (const folder of level) {
        if (performance.now() > end) return undefined
        const names = listFolders(folder)
        const proof = names.includes(host) ? findInMirror(folder, provider) : undefined
        if (proof !== undefined) return { mirror: folder, proof }
        next.push(...names.map((name) => join(folder, name)).filter((path) => !avoided.has(path)))
      }
      level = next
    }
  }
  return undefined
}
