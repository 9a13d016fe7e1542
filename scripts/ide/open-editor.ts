import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { UserError } from '../../config/user-error.ts'
import { type Editor, type EditorName, editorNames } from './editors.ts'

const suffixes = process.platform === 'win32' ? ['.cmd', '.exe'] : ['']

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export const findEditors = (path: string): EditorName[] =>
  editorNames.filter((name) =>
    path
      .split(delimiter)
      .some((folder) => suffixes.some((suffix) => isProgram(join(folder, `${name}${suffix}`)))),
  )

/** The program hands the address to a window and is done. A path beside it would be guessed to be a file. */
export const openEditor = ({ name, title }: Editor, uri: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const onWindows = process.platform === 'win32'
    const child = spawn(name, ['--folder-uri', uri], { stdio: ['ignore', 2, 2], shell: onWindows })
    child.on('error', (cause) =>
      reject(
        (cause as NodeJS.ErrnoException).code === 'ENOENT'
          ? new UserError(`there is no ${name} on PATH`, {
              hint: `in ${title}: Shell Command: Install '${name}' command in PATH; or --print, for the link`,
              cause,
            })
          : cause,
      ),
    )
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(
            new UserError(`${name} has ended with exit code ${code}`, {
              hint: 'what it said stands above; --print gives the link to open by hand',
            }),
          ),
    )
  })
