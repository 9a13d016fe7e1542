import { type Finding, fine, note, wrong } from '../../config/finding.ts'
import { UserError } from '../../config/user-error.ts'
import { findTools } from '../setup/ensure.ts'
import { findDocker } from '../setup/guest-engine.ts'
import { table, toolNames } from '../setup/table.ts'
import type { Place, ToolName } from '../setup/tool.ts'

export interface ToolFact {
  readonly title: string
  readonly why: string
  readonly optional: boolean
  /** Version and place; undefined: there is none that we could use. */
  readonly found: string | undefined
  /** What setup would do about it; `refused`: it cannot, and why. */
  readonly remedy: string | undefined
  readonly refused: string | undefined
}

export const decideTool = ({ title, why, optional, found, remedy, refused }: ToolFact): Finding => {
  if (found !== undefined) return fine(title, found)
  const missing = `missing or of a version that does not fit, needed ${why}`
  if (refused !== undefined) return (optional ? note : wrong)(title, missing, refused)
  return note(title, `${missing}; the first command that needs it would ${remedy}`, 'npm run setup')
}

const planRemedy = (name: ToolName, place: Place): Pick<ToolFact, 'remedy' | 'refused'> => {
  try {
    return { remedy: table[name].planInstall(place).title, refused: undefined }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { remedy: undefined, refused: error.hint ?? error.message }
  }
}

/** Looks, and installs nothing. */
export const findToolFacts = async (place: Place): Promise<ToolFact[]> => {
  const found = await findTools(toolNames, place)
  const docker = found.has('engine') ? undefined : await findDocker(place.env)
  return toolNames.map((name) => {
    const answer = found.get(name)
    const { title, why, optional = false } = table[name]
    if (name === 'engine' && docker !== undefined && 'socket' in docker) {
      const instead = `not there, and Docker ${docker.version} at ${docker.socket} can take its place`
      return { title, why, optional, found: instead, remedy: undefined, refused: undefined }
    }
    return {
      ...{ title, why, optional },
      found: answer === undefined ? undefined : `${answer.version} ${answer.path} (${answer.origin})`,
      ...(answer === undefined ? planRemedy(name, place) : { remedy: undefined, refused: undefined }),
    }
  })
}
