import { isAbsolute, join } from 'node:path'

/** A place where the AWS provider may lie, in the order in which they are looked at. */
export type MirrorCandidate =
  /** Named by the person; if it holds no provider that is an error, not a reason to look further. */
  | { readonly kind: 'named'; readonly path: string }
  /** A CLI configuration that may have its own provider_installation, which then wins untouched. */
  | { readonly kind: 'ownConfig'; readonly path: string }
  | { readonly kind: 'implied'; readonly path: string }
  /** A root to search for a registry.terraform.io tree, so many folders deep. */
  | { readonly kind: 'search'; readonly path: string; readonly depth: number }

const set = (value: string | undefined): value is string => value !== undefined && value !== ''

const split = (value: string | undefined, otherwise: readonly string[]): readonly string[] =>
  set(value) ? value.split(':').filter((path) => isAbsolute(path)) : otherwise

/** https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories */
const impliedMirrors = (
  env: NodeJS.ProcessEnv,
  home: string,
  platform: NodeJS.Platform,
): readonly string[] => {
  const ours = join(home, '.terraform.d', 'plugins')
  if (platform === 'darwin')
    return [
      ours,
      join(home, 'Library', 'Application Support', 'io.terraform', 'plugins'),
      '/Library/Application Support/io.terraform/plugins',
    ]
  const data = split(env.XDG_DATA_HOME, [join(home, '.local', 'share')])
  const shared = split(env.XDG_DATA_DIRS, ['/usr/local/share', '/usr/share'])
  return [ours, ...[...data, ...shared].map((folder) => join(folder, 'terraform', 'plugins'))]
}

/** The home folder comes last: it is the widest one and the time for searching is short. */
const searchRoots = (home: string): readonly (readonly [string, number])[] => [
  ['/opt', 3],
  ['/srv', 3],
  ['/usr/share', 2],
  ['/usr/local', 3],
  ['/var/lib', 3],
  [home, 2],
]

export const planMirrorCandidates = (
  env: NodeJS.ProcessEnv,
  home: string,
  platform: NodeJS.Platform,
): readonly MirrorCandidate[] => [
  ...(set(env.TERRAFORM_PROVIDER_MIRROR)
    ? [{ kind: 'named', path: env.TERRAFORM_PROVIDER_MIRROR } as const]
    : []),
  ...[env.TF_CLI_CONFIG_FILE, join(home, '.terraformrc')]
    .filter(set)
    .map((path) => ({ kind: 'ownConfig', path }) as const),
  ...impliedMirrors(env, home, platform).map((path) => ({ kind: 'implied', path }) as const),
  ...searchRoots(home).map(([path, depth]) => ({ kind: 'search', path, depth }) as const),
]
