import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { pins } from '../../config/pins.ts'
import { UserError } from '../../config/user-error.ts'
import { hasProviderInstallation, renderDirectConfig, renderMirrorConfig } from './cli-config.ts'
import { onDisk, writeWhole } from './disk.ts'
import { type MirrorCandidate, planMirrorCandidates } from './mirror-candidates.ts'
import { findInMirror, type Provider, planMirrorLayout, searchMirrors } from './mirror-search.ts'
import { planReleasePlatform } from './terraform.ts'
import type { Found, Place, Tool } from './tool.ts'

/** Where the provider comes from on this machine. `watched` lists what was looked at, found or not. */
type Source =
  | { readonly kind: 'ownConfig'; readonly path: string; readonly watched: readonly string[] }
  | { readonly kind: 'mirror'; readonly path: string; readonly watched: readonly string[] }
  | { readonly kind: 'registry'; readonly watched: readonly string[] }

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // A TF_CLI_CONFIG_FILE that names no file is a warning for Terraform and nothing for us.
    return ''
  }
}

const configPath = (place: Place): string => join(place.paths.tools, 'terraform.tfrc')

/** Filled by Terraform itself on the first download; from then on it serves as a mirror, also offline. */
const cachePath = (place: Place): string => join(place.paths.tools, 'provider-cache')

const refuseNamed = (path: string, provider: Provider): UserError =>
  new UserError(
    `TERRAFORM_PROVIDER_MIRROR=${path} holds no ${provider.source} ${provider.version} for ${provider.platform}`,
    {
      hint: `expected ${planMirrorLayout(path, provider).unpacked}; fill it with: terraform providers mirror ${path}`,
    },
  )

const lookAt = (candidate: MirrorCandidate, provider: Provider): Source | undefined => {
  if (candidate.kind === 'search') return undefined
  const path = isAbsolute(candidate.path) ? candidate.path : resolve(candidate.path)
  if (candidate.kind === 'ownConfig')
    return hasProviderInstallation(readText(path)) ? { kind: 'ownConfig', path, watched: [path] } : undefined
  const proof = findInMirror(path, provider)
  if (proof !== undefined) return { kind: 'mirror', path, watched: [proof] }
  if (candidate.kind === 'named') throw refuseNamed(path, provider)
  return undefined
}

/** Watching what was looked at in vain makes a mirror that appears later count. */
const watchedInVain = (candidate: MirrorCandidate, provider: Provider): readonly string[] => {
  if (candidate.kind !== 'implied') return [resolve(candidate.path)]
  const { unpacked, packed } = planMirrorLayout(candidate.path, provider)
  return [unpacked, packed]
}

export const findProviderSource = (
  candidates: readonly MirrorCandidate[],
  cache: string,
  provider: Provider,
): Source => {
  const near = [
    ...candidates.filter(({ kind }) => kind !== 'search'),
    { kind: 'implied', path: cache } as const,
  ]
  const watched: string[] = []
  for (const candidate of near) {
    const source = lookAt(candidate, provider)
    if (source !== undefined) return { ...source, watched: [...watched, ...source.watched] }
    watched.push(...watchedInVain(candidate, provider))
  }
  const roots = candidates.filter((candidate) => candidate.kind === 'search')
  const hit = searchMirrors(roots, provider)
  if (hit !== undefined) return { kind: 'mirror', path: hit.mirror, watched: [...watched, hit.proof] }
  return { kind: 'registry', watched: [...watched, ...roots.map(({ path }) => path)] }
}

const planCandidates = ({ env, machine }: Place) => planMirrorCandidates(env, machine.home, machine.platform)

const decide = (
  place: Place,
  candidates: readonly MirrorCandidate[],
): { source: Source; path: string; text: string | undefined } => {
  const provider = { ...pins.awsProvider, platform: planReleasePlatform(place.machine) }
  const source = findProviderSource(candidates, cachePath(place), provider)
  if (source.kind === 'ownConfig') return { source, path: source.path, text: undefined }
  const text =
    source.kind === 'mirror'
      ? renderMirrorConfig(source.path, provider.source)
      : renderDirectConfig(cachePath(place))
  return { source, path: configPath(place), text }
}

const origins = {
  ownConfig: () => 'your own provider_installation',
  mirror: (path: string) => `mirror ${path}`,
  registry: () => 'from registry.terraform.io at the first use',
}

const describe = (source: Source): string => origins[source.kind]('path' in source ? source.path : '')

const answer = (source: Source, path: string): Found => ({
  path,
  version: pins.awsProvider.version,
  origin: describe(source),
  restsOn: [...new Set([path, ...source.watched])],
})

/** Found when the configuration says what it would say today. */
export const findAwsProvider = async (
  place: Place,
  candidates: readonly MirrorCandidate[],
): Promise<Found | undefined> => {
  const { source, path, text } = decide(place, candidates)
  if (text === undefined) return answer(source, path)
  const ready = readText(path) === text && (source.kind === 'mirror' || existsSync(cachePath(place)))
  return ready ? answer(source, path) : undefined
}

export const installAwsProvider = async (
  place: Place,
  candidates: readonly MirrorCandidate[],
): Promise<Found> => {
  const { source, path, text } = decide(place, candidates)
  // Terraform refuses a plugin_cache_dir that does not exist.
  if (source.kind === 'registry')
    await onDisk(place.paths.tools, () => mkdir(cachePath(place), { recursive: true }))
  if (text !== undefined) await writeWhole(path, text)
  return answer(source, path)
}

export const awsProvider: Tool<'awsProvider'> = {
  name: 'awsProvider',
  title: 'AWS provider',
  why: 'by Terraform to talk to EC2, IAM and the others',
  question: ({ env }) => [
    pins.awsProvider.version,
    env.TERRAFORM_PROVIDER_MIRROR,
    env.TF_CLI_CONFIG_FILE,
    env.XDG_DATA_HOME,
    env.XDG_DATA_DIRS,
  ],
  find: (place) => findAwsProvider(place, planCandidates(place)),
  planInstall: (place) => ({
    title: `write ${configPath(place)}, which tells Terraform where to find it`,
    outside: false,
  }),
  install: (place) => installAwsProvider(place, planCandidates(place)),
  facts: ({ path }) => ({ terraformConfig: path }),
}
