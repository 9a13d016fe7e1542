import { posix } from 'node:path'
import { names } from '../config/names.ts'
import { usageError } from '../config/user-error.ts'
import { printable } from '../config/user-name.ts'
import type { LaptopPlace } from './place.ts'

const { join, basename } = posix

export const shells = ['bash', 'zsh', 'fish', 'pwsh'] as const
export type Shell = (typeof shells)[number]

export interface ShellFacts {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface StartFile {
  readonly shell: Shell
  readonly path: string
  readonly lines: readonly string[]
}

/** The shell a person logs in with. */
export const parseShell = (value: string | undefined): Shell => {
  const shell = shells.find((one) => one === basename(value ?? ''))
  if (shell !== undefined) return shell
  throw usageError(
    value === undefined || value === ''
      ? 'SHELL does not say which shell you use'
      : `the shell ${printable(value)} is none we know a start file of`,
    `npm run laptop:setup -- --shell ${shells.join('|')}, or --shell none and no start file is touched`,
  )
}

/**
 * What the shell reads when a terminal opens. Terminal.app opens login shells, and a login bash reads no .bashrc.
 * https://www.gnu.org/software/bash/manual/html_node/Bash-Startup-Files.html
 */
const startPath = (shell: Shell, { platform, home, env }: ShellFacts): string => {
  const config = env.XDG_CONFIG_HOME || join(home, '.config')
  switch (shell) {
    case 'bash':
      return join(home, platform === 'darwin' ? '.bash_profile' : '.bashrc')
    case 'zsh':
      return join(env.ZDOTDIR || home, '.zshrc')
    case 'fish':
      return join(config, 'fish', 'config.fish')
    case 'pwsh':
      // https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_profiles
      return join(config, 'powershell', 'Microsoft.PowerShell_profile.ps1')
  }
}

/** One line, and nothing in it that a home of another name would break. */
const aliasLine = (shell: Shell, place: LaptopPlace): string => {
  const below = (path: string) => `$HOME${path.slice(place.home.length)}`
  const { launcher } = names.laptop
  switch (shell) {
    case 'pwsh':
      return `Set-Alias ${launcher} "${below(place.powershellLauncher)}"`
    case 'fish':
      return `function ${launcher}; "${below(place.launcher)}" $argv; end`
    default:
      return `alias ${launcher}='"${below(place.launcher)}"'`
  }
}

export const planStartFile = (shell: Shell, facts: ShellFacts, place: LaptopPlace): StartFile => ({
  shell,
  path: startPath(shell, facts),
  lines: [aliasLine(shell, place)],
})
