import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { quoteWord } from '../../config/shell-word.ts'
import { exitCode, UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { hostAlias } from '../../connect/ssh-config/place.ts'
import type { Context } from '../sandbox/context.ts'
import type { SshHome } from '../ssh-config/home.ts'
import { runSsh } from '../ssh-config/run-ssh.ts'
import { explainSsh } from './explain-ssh.ts'
import { decideFitness, type MachineFacts, parseFacts } from './fitness.ts'

/** A machine that has just begun to boot lets nobody in for a while. */
const seconds = 90

/** Goes the way the editor will go, and asks what its server will find. @throws when that is too little */
export const askMachine = async (
  { paths, io }: Context,
  home: SshHome,
  user: UserName,
  folder: string,
): Promise<MachineFacts> => {
  const host = hostAlias(user)
  const input = await readFile(join(paths.root, 'scripts', 'ide', 'facts.sh'), 'utf8')
  const facts = await io.story.step(`ssh ${host}`, async () => {
    const result = await runSsh(home, [host, `sh -s ${quoteWord(folder)}`], {
      seconds,
      input,
      signal: io.signal,
    })
    const found = parseFacts(result.stdout)
    if (result.code !== 0 || found === undefined) throw explainSsh(result, host, user)
    // Of the proxy, such as that it takes a slower way.
    for (const line of result.stderr.split('\n').filter((one) => one.trim() !== '')) io.story.say(`  ${line}`)
    return found
  })
  const { lacks, warnings } = decideFitness(facts)
  for (const warning of warnings) io.story.warn(`${host} has ${warning}`)
  if (lacks.length > 0)
    throw new UserError(`${host} is too small for the server of an editor: ${lacks.join('; ')}`, {
      exitCode: exitCode.finding,
      hint: 'a larger one: instance.type and instance.rootVolumeGiB in the settings, then sandbox:up',
    })
  return facts
}
