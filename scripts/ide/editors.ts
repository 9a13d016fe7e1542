import { usageError } from '../../config/user-error.ts'

export const editorNames = ['code', 'cursor', 'kiro'] as const
export type EditorName = (typeof editorNames)[number]

export interface Editor {
  /** The program, which is also what people type. */
  readonly name: EditorName
  readonly title: string
  /** What it needs before it can open a folder over ssh. */
  readonly needs: string
}

export const editors: Readonly<Record<EditorName, Editor>> = {
  // https://code.visualstudio.com/docs/remote/ssh
  code: { name: 'code', title: 'VS Code', needs: 'its extension ms-vscode-remote.remote-ssh' },
  cursor: { name: 'cursor', title: 'Cursor', needs: 'its extension anysphere.remote-ssh' },
  // No ssh of its own so far: https://github.com/kirodotdev/Kiro/issues/87
  kiro: {
    name: 'kiro',
    title: 'Kiro IDE',
    needs:
      'an extension for ssh from Open VSX, such as jeanp413.open-remote-ssh; Kiro brings none of its own',
  },
}

/** A folder on the sandbox, absolute. `~` and what is relative mean the home there. */
export const planFolder = (typed: string | undefined, home: string): string => {
  if (typed === undefined || typed === '~') return home
  if (/[\p{Cc}]/u.test(typed)) throw usageError('--folder has control characters', '--folder project')
  if (typed.startsWith('/')) return typed.replace(/(?<=.)\/+$/, '')
  return `${home}/${typed.replace(/^~\//, '').replace(/\/+$/, '')}`
}

/** The address of a folder over ssh that VS Code and its kin know. */
export const renderFolderUri = (host: string, folder: string): string =>
  `vscode-remote://ssh-remote+${host}${folder.split('/').map(encodeURIComponent).join('/')}`

/**
 * Asked for by name, or the first that is installed. Over ssh an editor would open on the wrong computer, but for
 * the terminal of VS Code, whose `code` opens a window where the person sits.
 */
export const chooseEditor = (
  wanted: EditorName | undefined,
  installed: readonly EditorName[],
  environment: Readonly<Record<string, string | undefined>>,
): Editor | undefined => {
  if (wanted !== undefined) return editors[wanted]
  if (environment.SSH_CONNECTION !== undefined && environment.TERM_PROGRAM !== 'vscode') return undefined
  const first = editorNames.find((name) => installed.includes(name))
  return first === undefined ? undefined : editors[first]
}

/** For the settings.json of an editor, where ours is a host it has not met. */
export const renderSettings = (host: string, configFile: string | undefined): string =>
  JSON.stringify(
    {
      'remote.SSH.remotePlatform': { [host]: 'linux' },
      // The default network of a sandbox leads to AWS and nowhere else: what is needed there goes through ssh.
      // https://code.visualstudio.com/docs/remote/faq#_what-are-the-connectivity-requirements-for-vs-code-server
      'remote.SSH.localServerDownload': 'always',
      'remote.downloadExtensionsLocally': true,
      // A machine that wakes up takes longer than the 15 s that are the default.
      'remote.SSH.connectTimeout': 60,
      ...(configFile === undefined ? {} : { 'remote.SSH.configFile': configFile }),
    },
    null,
    2,
  )
