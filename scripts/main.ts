import { catalogue } from './catalogue.ts'
import { runCommand } from './cli/run.ts'

/** Called by launch.mjs with the name of the npm script and what was typed after `--`. */
export const main = async (name: string, argv: readonly string[]): Promise<void> => {
  const load = catalogue[name]
  if (load === undefined) throw new Error(`no command named ${name} in scripts/catalogue.ts`)
  const { command } = await load()
  process.exitCode = await runCommand(command, argv)
}
