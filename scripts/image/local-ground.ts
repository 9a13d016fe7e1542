import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Paths } from '../../config/paths.ts'
import { UserError } from '../../config/user-error.ts'
import type { ImageLock } from '../../images/lock.ts'
import { findGuestState } from '../../local/control/turn-on-guests.ts'
import type { ImageGround } from './ground.ts'

/** What the gateway says it serves, in the form of the vendor's own list; the AWS CLI stands beside kiro-cli. */
const shelfSchema = z.object({
  packages: z.array(
    z.object({
      download: z.string(),
      version: z.string(),
      sha256: z.string(),
      targetTriple: z.string().optional(),
    }),
  ),
})

const scheme = 'stand-in:'

/** `git-2.39.5-0.deb12u3.amzn2023.0.1.standin.x86_64` of every package in the repository of the base image. */
const listPackages = (repository: string): Set<string> => {
  const guids = join(repository, 'core', 'guids')
  if (!existsSync(guids)) return new Set()
  return new Set(
    readdirSync(guids, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.rpm'))
      .map((file) => file.slice(file.lastIndexOf('/') + 1, -'.rpm'.length)),
  )
}

const misfit = (lock: ImageLock, architecture: string, packages: ReadonlySet<string>): string | undefined => {
  if (!lock.kiroCli.url.startsWith(scheme)) return 'it is a lock for AWS'
  if (lock.architecture !== architecture)
    return `it is for ${lock.architecture}, machines here are ${architecture}`
  const gone = lock.packages.filter((nevra) => !packages.has(nevra.replace(/-\d+:/, '-')))
  return gone.length === 0 ? undefined : `the base image made here has no ${gone.join(', ')}`
}

const machineOf = { arm64: 'aarch64', x86_64: 'x86_64' } as const

/** The one archive of a tool for this architecture; there is one version of each. */
const findOffer = async (
  endpoint: string,
  begin: string,
  architecture: 'arm64' | 'x86_64',
  signal: AbortSignal,
) => {
  const url = `${endpoint}/_local/artifacts/manifest.json`
  const response = await fetch(url, { signal })
  if (!response.ok)
    throw new UserError(`${url} answers HTTP ${response.status}`, {
      hint: 'the local target is of older sources: npm run local:down, then again',
    })
  const { packages } = shelfSchema.parse(await response.json())
  const found = packages.find(
    ({ download }) => download.startsWith(begin) && download.includes(machineOf[architecture]),
  )
  if (found === undefined) throw new Error(`${url} has no ${begin} for ${architecture}`)
  const { version, sha256, download, targetTriple = '' } = found
  return { version, sha256, url: `${scheme}${download}`, targetTriple }
}

/** The stand-in for Amazon Linux, and the stand-ins for Kiro CLI and AWS CLI that the gateway serves. */
export const openLocalGround = async (paths: Paths, endpoint: string): Promise<ImageGround> => {
  const state = await findGuestState(paths.local)
  if (state?.kind !== 'on')
    throw new UserError('the local target has no machines now', { hint: 'npm run doctor' })
  const { base } = state.request
  const packages = listPackages(base.repository)
  return {
    architecture: base.architecture,
    lockFile: 'images/image.lock.stand-in.json',
    ownLockFile: join(paths.state, 'image.lock.stand-in.json'),
    misfit: (lock) => misfit(lock, base.architecture, packages),
    addressOf: (url) =>
      url.startsWith(scheme) ? `${endpoint}/_local/artifacts/${url.slice(scheme.length)}` : url,
    // There is one version of each, whatever the settings ask for; the lock says which.
    offerKiroCli: (_version, signal) => findOffer(endpoint, 'kirocli-', base.architecture, signal),
    offerAwsCli: async (_version, signal) => {
      const { version, url, sha256 } = await findOffer(endpoint, 'awscli-', base.architecture, signal)
      return { version, url, sha256 }
    },
    standIn: base.description,
  }
}
