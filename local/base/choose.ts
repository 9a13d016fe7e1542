import type { BaseSetting } from '../../config/local-base.ts'
import { UserError } from '../../config/user-error.ts'
import type { EngineKind } from '../engine/choice.ts'
import type { Base, BaseKind, Bases } from './find.ts'
import type { RegistryAnswer } from './registry.ts'

export type BaseStep =
  | { readonly do: 'use'; readonly base: Base }
  | { readonly do: 'ask' }
  | { readonly do: 'build'; readonly kind: BaseKind; readonly line: string | undefined }

/** Amazon Linux is made by podman in a store of podman's; a Docker gets the stand-in. */
export const decideSetting = (setting: BaseSetting, engine: EngineKind): BaseSetting => {
  if (engine === 'podman') return setting
  if (setting === 'auto') return 'stand-in'
  if (setting === 'amazon-linux')
    throw new UserError('machines of Amazon Linux 2023 need podman, and Docker runs them here', {
      hint: '"local": { "engine": "podman" }, or { "base": "auto" } for the stand-in',
    })
  return setting
}

/** What machines are started from, of what is there already. */
export const chooseBase = (setting: BaseSetting, bases: Bases): Base | undefined =>
  setting === 'auto' ? (bases['amazon-linux'] ?? bases['stand-in']) : bases[setting]

/** What is there is used and nobody asked, so only the first time on a computer knows of a registry at all. */
export const decideBase = (
  setting: BaseSetting,
  bases: Bases,
  registry: string,
  answer?: RegistryAnswer,
): BaseStep => {
  const base = chooseBase(setting, bases)
  if (base !== undefined) return { do: 'use', base }
  if (setting === 'stand-in') return { do: 'build', kind: 'stand-in', line: undefined }
  if (answer === undefined) return { do: 'ask' }
  if (answer.answers) return { do: 'build', kind: 'amazon-linux', line: undefined }
  const said = `${registry} does not answer (${answer.why})`
  if (setting === 'amazon-linux')
    throw new UserError(`${said}, and the settings ask for Amazon Linux 2023`, {
      hint: '"local": { "base": "auto" } takes the stand-in instead',
    })
  return { do: 'build', kind: 'stand-in', line: `${said}: machines are the stand-in made of Debian` }
}
