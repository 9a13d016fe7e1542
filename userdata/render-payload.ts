import { names } from '../config/names.ts'
import { quoteWord } from '../config/shell-word.ts'
import type { UserName } from '../config/user-name.ts'
import type { ImageValues, PayloadFile } from './payload.ts'
import { renderTemplate } from './template.ts'

/** Files of this folder, relative to it, and their text. */
export type Sources = ReadonlyMap<string, string>

/** Fixed, so that files of a home volume belong to the same user under every image. */
const sandboxUid = 1500

/** What boot.sh puts a person's values in place of. */
const later = { user: '@sandbox_user@' as UserName, account: '@account_id@', region: '@aws_region@' }

const roleArn = (role: string): string => `arn:aws:iam::${later.account}:role/${role}`

const renderEnv = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${quoteWord(value)}\n`)
    .join('')

const renderValues = (values: ImageValues): string =>
  renderEnv({
    releasever: values.releasever,
    kiro_cli_version: values.kiroCli.version,
    kiro_cli_sha256: values.kiroCli.sha256,
    kiro_cli_triple: values.kiroCli.targetTriple,
    aws_cli_version: values.awsCli.version,
    aws_cli_sha256: values.awsCli.sha256,
    swap_mib: String(values.swapMiB),
    architecture: values.architecture,
    image_digest: values.digest,
    sandbox_unix_user: names.sandboxUser,
    sandbox_uid: String(sandboxUid),
  })

const readonlyValues = {
  readonlyArn: roleArn(names.readonlyRole(later.user)),
  sessionName: later.user,
  region: later.region,
}
const allProfiles = { ...readonlyValues, elevatedArn: roleArn(names.elevatedRole(later.user)) }
const lib = 'rootfs/usr/local/lib/kiro-sandbox'
const home = `rootfs/home/${names.sandboxUser}`

interface Rendered {
  readonly template: string
  readonly values: Readonly<Record<string, string>>
  readonly paths: readonly string[]
}

/** What is rendered, and where it lands. The AWS configuration twice: as it is baked, and to be filled in at boot. */
const rendered: readonly Rendered[] = [
  {
    template: 'templates/aws-config.hbs',
    values: allProfiles,
    paths: [`${lib}/templates/aws-config`, `${home}/.aws/config`],
  },
  {
    template: 'templates/aws-config-push.hbs',
    values: readonlyValues,
    paths: [`${lib}/templates/aws-config-push`],
  },
  {
    template: 'templates/kiro-readonly-config.hbs',
    values: readonlyValues,
    paths: [`${lib}/templates/kiro-readonly-config`, `${home}/.aws/kiro-readonly.config`],
  },
  {
    template: 'templates/agent-readonly.json.hbs',
    values: {},
    paths: [`${home}/.kiro/agents/readonly.json`],
  },
  {
    template: 'templates/agent-elevated.json.hbs',
    values: {},
    paths: [`${home}/.kiro/agents/elevated.json`],
  },
  {
    template: 'templates/steering-aws.md.hbs',
    values: {
      readonlyRole: names.readonlyRole('<engineer>' as UserName),
      elevatedRole: names.elevatedRole('<engineer>' as UserName),
    },
    paths: [`${home}/.kiro/steering/aws.md`],
  },
]

const textOf = (sources: Sources, path: string): string => {
  const text = sources.get(path)
  if (text === undefined) throw new Error(`userdata/${path} is missing`)
  return text
}

/** Scripts and commands say by their first line that they are run. */
const modeOf = (content: string): number => (content.startsWith('#!') ? 0o755 : 0o644)

const file = (path: string, content: string): PayloadFile => {
  // Rendered text that is no JSON any more would be found by kiro-cli, on somebody's machine.
  if (path.endsWith('.json')) JSON.parse(content)
  return { path, mode: modeOf(content), content }
}

/** Everything a build carries to the machine, sorted by path. The same input gives the same bytes. */
export const renderPayload = (sources: Sources, values: ImageValues): PayloadFile[] => {
  const asTheyAre = [...sources.keys()].filter((path) => /^(rootfs|provision)\//.test(path))
  const files = [
    ...asTheyAre.map((path) => file(path, textOf(sources, path))),
    ...rendered.flatMap(({ template, values: given, paths }) => {
      const content = renderTemplate(template, textOf(sources, template), given)
      return paths.map((path) => file(path, content))
    }),
    file('values.env', renderValues(values)),
    file('packages.txt', values.packages.map((name) => `${name}\n`).join('')),
    file(`${lib}/values.sh`, renderEnv({ sandbox_unix_user: names.sandboxUser })),
  ]
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}
