import { names } from '../../config/names.ts'
import { shellWord } from '../../config/shell-word.ts'
import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { findInstalled } from '../../connect/ssh-config/installation.ts'
import { hostAlias } from '../../connect/ssh-config/place.ts'
import { isAwsCli } from '../../connect/ssh-config/proxy-words.ts'
import { readBytes } from '../../home/files.ts'
import { reachMachine } from '../connect/reach.ts'
import type { Context } from '../sandbox/context.ts'
import type { SshHome } from '../ssh-config/home.ts'
import { writeHost } from '../ssh-config/write.ts'
import { askMachine } from './ask-machine.ts'
import {
  chooseEditor,
  type Editor,
  type EditorName,
  planFolder,
  renderFolderUri,
  renderSettings,
} from './editors.ts'
import { findEditors, openEditor } from './open-editor.ts'

export interface IdeRequest {
  readonly context: Context
  readonly user: UserName
  readonly home: SshHome
  readonly folder: string | undefined
  readonly editor: EditorName | undefined
  /** Only the link. */
  readonly print: boolean
  readonly config: string | undefined
}

export interface Opened {
  readonly uri: string
  /** undefined: nothing was opened, the link is for the person. */
  readonly editor: Editor | undefined
}

/** A machine that took the place of another one is another host for ssh. */
const ensureConfig = async (request: IdeRequest, instanceId: string): Promise<void> => {
  const { context, user, home, config } = request
  const installed = findInstalled(home.place, user)
  if (installed === instanceId) return
  const host = hostAlias(user)
  const why =
    installed === undefined
      ? `${host} is not in ${home.place.userConfig} yet`
      : `${host} leads to ${installed}, and the machine is ${instanceId} now`
  context.io.story.say(`${why}: npm run ssh:config -- --user ${user}${home.flags} --write`)
  const awsCli = isAwsCli(readBytes(home.place.host(user)))
  const { written } = await writeHost({ context, user, home, config, awsCli })
  for (const file of written) context.io.story.say(`  wrote  ${file}`)
}

const advise = ({ context, user, home }: IdeRequest, editor: Editor | undefined): void => {
  const { story } = context.io
  const own = home.sshArguments.length === 0
  if (editor !== undefined) story.say(`${editor.title} needs ${editor.needs}`)
  story.say('recommended in its settings.json:')
  story.say(renderSettings(hostAlias(user), own ? undefined : home.place.userConfig))
  story.say(`your AWS login needs: npm run -s access:policy -- --user ${user}`)
  story.say(
    'AWS ends a tunnel after an hour at most; the editor connects again by itself, its server goes on',
  )
}

/** Asks the machine first: an editor says little about why it does not come up. */
export const openIde = async (request: IdeRequest): Promise<Opened> => {
  const { context, user, home, folder, print } = request
  const host = hostAlias(user)
  const { instanceId } = await reachMachine(context, user)
  await ensureConfig(request, instanceId)
  const wanted = planFolder(folder, `/home/${names.sandboxUser}`)
  const facts = await askMachine(context, home, user, wanted)
  if (!facts.folder)
    throw new UserError(`${host} has no folder ${wanted}`, {
      // ssh joins its words and gives them to a shell: quoted once for that one, once for this one.
      hint: ['ssh', ...home.sshArguments, host, `mkdir -p ${shellWord(wanted)}`].map(shellWord).join(' '),
    })
  const uri = renderFolderUri(host, wanted)
  const installed = findEditors(process.env.PATH ?? '')
  const editor = print ? undefined : chooseEditor(request.editor, installed, process.env)
  advise(request, editor)
  if (editor !== undefined) await openEditor(editor, uri)
  else if (!print) context.io.story.warn('no editor is on PATH here: open the link where one is')
  return { uri, editor }
}
