import { spawn } from 'node:child_process'

export interface Opener {
  readonly program: string
  readonly arguments: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * How to open a link on the machine the person sits at; undefined where there is no browser to be seen. Over ssh
 * the browser would open on the wrong machine.
 */
export const planBrowser = (
  url: string,
  platform: NodeJS.Platform,
  environment: Environment,
): Opener | undefined => {
  if (!/^https:\/\//.test(url)) return undefined
  if (environment.SSH_CONNECTION !== undefined || environment.SSH_TTY !== undefined) return undefined
  if (platform === 'darwin') return { program: 'open', arguments: [url] }
  // cmd's own `start` would read & in a link as the end of the command.
  if (platform === 'win32') return { program: 'rundll32', arguments: ['url.dll,FileProtocolHandler', url] }
  if (environment.WSL_DISTRO_NAME !== undefined) return { program: 'wslview', arguments: [url] }
  const display = environment.DISPLAY ?? environment.WAYLAND_DISPLAY ?? ''
  return display === '' ? undefined : { program: 'xdg-open', arguments: [url] }
}

/** True when the program started; whether a window came up only the person knows. */
export const openBrowser = ({ program, arguments: args }: Opener): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(program, args, { detached: true, stdio: 'ignore' })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
