import { exitCode, usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'
import { type EditorName, editorNames } from './ide/editors.ts'

const name = 'ide'

export const command = defineCommand({
  name,
  summary:
    'open a folder of a sandbox in VS Code, Cursor or Kiro IDE over ssh, after a look whether it can take it',
  flags: {
    user: { type: 'string', value: 'name', about: 'the engineer whose sandbox it is' },
    folder: { type: 'string', value: 'path', about: 'on the sandbox, from its home; the home when left out' },
    editor: {
      type: 'string',
      value: 'name',
      about: 'code, cursor or kiro; the first that is installed when left out',
      choices: editorNames,
    },
    print: { type: 'boolean', about: 'open nothing, print the link' },
    home: { type: 'string', value: 'folder', about: 'whose .ssh it is; yours when left out' },
    target: common.target,
    config: common.config,
    json: common.json,
  },
  examples: [
    'npm run ide -- --user alice',
    'npm run ide -- --user alice --folder project --editor cursor',
    'npm run -s ide -- --user alice --print',
  ],
  run: async (flags, io) => {
    const { parseUsers, openContext, renderCommand } = await import('./sandbox/context.ts')
    const { openHome } = await import('./ssh-config/home.ts')
    const { planFolder } = await import('./ide/editors.ts')
    const [user] = parseUsers(name, flags.user === undefined ? [] : [flags.user])
    if (user === undefined) throw usageError('--user is missing', `npm run ${name} -- --user alice`)
    planFolder(flags.folder, '/')
    const home = openHome(flags.home)
    const context = await openContext(renderCommand(name, [user]), flags, io)
    const { openIde } = await import('./ide/open-ide.ts')
    const { uri, editor } = await openIde({
      ...{ context, user, home, folder: flags.folder, print: flags.print, config: flags.config },
      editor: flags.editor as EditorName | undefined,
    })
    io.answer(flags.json ? JSON.stringify({ uri, opened: editor?.name ?? null }) : uri)
    return exitCode.done
  },
})
