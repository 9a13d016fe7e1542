import { UserError } from '../../config/user-error.ts'

/**
 * Quotes for Terraform's CLI configuration, which is still HCL 1: `$${` would stay two dollars there, and an
 * unbalanced `${` would swallow the closing quote. The escape for the dollar avoids both.
 */
export const renderHclString = (text: string): string => JSON.stringify(text).replaceAll('$', '\\u0024')

const openingLines = [
  '# Written by `npm run setup`; changes are overwritten. To use your own, put provider_installation into',
  '# ~/.terraformrc or the file that TF_CLI_CONFIG_FILE names.',
  'disable_checkpoint = true',
]

/** The AWS provider from a folder, every other one from its registry. */
export const renderMirrorConfig = (mirror: string, source: string): string =>
  [
    ...openingLines,
    'provider_installation {',
    '  filesystem_mirror {',
    `    path    = ${renderHclString(mirror)}`,
    `    include = [${renderHclString(source)}]`,
    '  }',
    '  direct {',
    `    exclude = [${renderHclString(source)}]`,
    '  }',
    '}',
    '',
  ].join('\n')

/** True if it is of `renderMirrorConfig`. */
export const isMirrorConfig = (text: string): boolean =>
  text.startsWith(`${openingLines.join('\n')}\nprovider_installation {\n  filesystem_mirror {`)

/** The AWS provider (some 700 MB unpacked) from its registry, kept for all sandboxes. */
export const renderDirectConfig = (cache: string): string => {
  // Terraform expands variables in this one setting and knows no way to write a dollar.
  if (cache.includes('$'))
    throw new UserError(`Terraform cannot keep its providers below ${cache} because of the dollar sign`, {
      hint: 'KIRO_SANDBOX_STATE=/a/folder/without/it npm run setup',
    })
  return [...openingLines, `plugin_cache_dir = ${renderHclString(cache)}`, ''].join('\n')
}

const withoutComments = (text: string): string =>
  text.replace(/"(?:\\.|[^"\\])*"|#.*|\/\/.*|\/\*[\s\S]*?\*\//g, (token) =>
    token.startsWith('"') ? token : ' ',
  )

/** True if a CLI configuration (HCL or JSON) says itself where providers come from. */
export const hasProviderInstallation = (text: string): boolean =>
  /(^|[\s{,"])provider_installation("\s*:|\s*\{)/m.test(withoutComments(text))

const unreachable =
  /could not connect to|was not found in any of the\s+search locations|failed to request discovery|no available releases match|Failed to install provider|Failed to query available provider packages/

/**
 * What `terraform init` said when it could not get the provider, as something to act on. Undefined for all
 * other failures.
 */
export const explainInitFailure = (
  stderr: string,
  provider: { readonly source: string; readonly version: string },
): UserError | undefined => {
  if (!unreachable.test(stderr)) return undefined
  const host = provider.source.split('/')[0]
  const detail = /(dial tcp|no such host|timeout|refused|proxyconnect|x509)[^\n]*/.exec(stderr)?.[0]
  return new UserError(
    `Terraform could not get the provider ${provider.source} ${provider.version}${detail === undefined ? '' : ` (${detail.trim()})`}`,
    {
      hint: `reach ${host} from here, or keep a copy made with "terraform providers mirror <folder>": TERRAFORM_PROVIDER_MIRROR=<folder> npm run setup`,
    },
  )
}
