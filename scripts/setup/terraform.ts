import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pins } from '../../config/pins.ts'
import { UserError } from '../../config/user-error.ts'
import { askProgram } from './ask-program.ts'
import { moveIntoPlace, withDraft } from './disk.ts'
import { downloadVerified } from './download.ts'
import { listOnPath } from './on-path.ts'
import type { Found, Machine, Place, Tool } from './tool.ts'
import { acceptsVersion } from './version.ts'

export interface TerraformRelease {
  readonly version: string
  readonly accepts: string
  readonly sha256: Readonly<Record<string, string>>
}

const defaultBase = 'https://releases.hashicorp.com/terraform'

export const planReleasePlatform = ({ platform, arch }: Pick<Machine, 'platform' | 'arch'>): string =>
  `${platform}_${arch === 'x64' ? 'amd64' : arch}`

/** Pure. A private mirror keeps the layout of releases.hashicorp.com below its base URL. */
export const planTerraformUrl = (release: TerraformRelease, platform: string, base?: string): string => {
  const root = base === undefined || base === '' ? defaultBase : base.replace(/\/+$/, '')
  return `${root}/${release.version}/terraform_${release.version}_${platform}.zip`
}

/** The version a program claims on stdout; undefined for wrappers that print something else. */
export const parseTerraformVersion = (stdout: string): string | undefined => {
  try {
    const version: unknown = JSON.parse(stdout).terraform_version
    return typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}

const ownTerraform = (place: Place, version: string): string =>
  join(place.paths.tools, `terraform-${version}`, 'terraform')

const askVersion = async (program: string, place: Place): Promise<string | undefined> => {
  // Without this `version` calls home, which is slow where there is no network.
  const env = { ...place.env, CHECKPOINT_DISABLE: '1' }
  // stderr is left alone: a TF_CLI_CONFIG_FILE that names no file is a warning there and no harm.
  const reply = await askProgram(program, ['version', '-json'], { env, cwd: dirname(program) })
  return reply.exitCode === 0 ? parseTerraformVersion(reply.stdout) : undefined
}

export const findTerraform = async (place: Place, release: TerraformRelease): Promise<Found | undefined> => {
  const own = ownTerraform(place, release.version)
  for (const path of [...listOnPath('terraform', place.env), own]) {
    const version = await askVersion(path, place)
    if (version === undefined || !acceptsVersion(release.accepts, version)) continue
    return { path, version, origin: path === own ? 'ours' : 'on PATH', restsOn: [path] }
  }
  return undefined
}

const unpackTerraform = async (archive: string, to: string): Promise<void> => {
  const { unzipSync } = await import('fflate')
  const files = unzipSync(await readFile(archive), { filter: ({ name }) => name === 'terraform' })
  if (files.terraform === undefined) throw new UserError(`${archive} holds no file named terraform`)
  await writeFile(to, files.terraform)
  await chmod(to, 0o755)
}

const checksumFor = (release: TerraformRelease, platform: string): string => {
  const sha256 = release.sha256[platform]
  if (sha256 !== undefined) return sha256
  throw new UserError(`no pinned Terraform for ${platform}`, {
    hint: `install Terraform ${release.accepts} so that it is on PATH: https://developer.hashicorp.com/terraform/install`,
  })
}

export const installTerraform = async (
  place: Place,
  release: TerraformRelease,
  note: (text: string) => void,
): Promise<Found> => {
  const platform = planReleasePlatform(place.machine)
  const sha256 = checksumFor(release, platform)
  const url = planTerraformUrl(release, platform, place.env.KIRO_SANDBOX_TERRAFORM_URL)
  const path = ownTerraform(place, release.version)
  await withDraft(place.paths.tools, async (draft) => {
    const archive = join(draft, 'terraform.zip')
    await downloadVerified({ url, sha256, to: archive, signal: place.signal, note })
    note('unpacking')
    const folder = join(draft, 'unpacked')
    await mkdir(folder)
    await unpackTerraform(archive, join(folder, 'terraform'))
    place.signal?.throwIfAborted()
    await moveIntoPlace(folder, dirname(path), draft)
  })
  return { path, version: release.version, origin: 'ours', restsOn: [path] }
}

export const terraform: Tool<'terraform'> = {
  name: 'terraform',
  title: 'Terraform',
  why: 'to create and change what a sandbox consists of',
  question: ({ env }) => [pins.terraform.version, pins.terraform.accepts, env.TFENV_TERRAFORM_VERSION],
  find: (place) => findTerraform(place, pins.terraform),
  planInstall: ({ machine, env, paths }) => {
    const platform = planReleasePlatform(machine)
    checksumFor(pins.terraform, platform)
    const url = planTerraformUrl(pins.terraform, platform, env.KIRO_SANDBOX_TERRAFORM_URL)
    return { title: `download ${url} into ${paths.tools}`, outside: false }
  },
  install: (place, note) => installTerraform(place, pins.terraform, note),
  facts: ({ path, version }) => ({ terraform: path, terraformVersion: version }),
}
