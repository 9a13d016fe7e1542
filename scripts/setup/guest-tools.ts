import { UserError } from '../../config/user-error.ts'
import { findTools, installTools, renderFacts, type SetupIo } from './ensure.ts'
import { table } from './table.ts'
import type { Place, ToolName, ToolsOf } from './tool.ts'

const wanted = ['engine', 'standIn'] as const satisfies readonly ToolName[]

export type GuestTools = ToolsOf<(typeof wanted)[number]>

/** Either what runs guests, or why there are none and what a person can do about it. */
export type GuestToolsAnswer =
  | { readonly tools: GuestTools }
  | { readonly reason: string; readonly hint: string | undefined }

const decline = (error: unknown): GuestToolsAnswer => {
  if (!(error instanceof UserError)) throw error
  return { reason: error.message, hint: error.hint }
}

/** Only looks: commands other than setup install nothing on a machine for what they can do without. */
export const findGuestTools = async (place: Place): Promise<GuestToolsAnswer> => {
  try {
    const found = await findTools(wanted, place)
    const missing = wanted.filter((name) => !found.has(name))
    if (missing.length === 0) return { tools: renderFacts(found) as unknown as GuestTools }
    // Throws where setup could not install it, with what to type instead.
    for (const name of missing) table[name].planInstall(place)
    const titles = missing.map((name) => table[name].title).join(' and ')
    return { reason: `${titles} ${missing.length > 1 ? 'are' : 'is'} not installed`, hint: 'npm run setup' }
  } catch (error) {
    return decline(error)
  }
}

/** Installs what is missing where that is possible. Not possible, declined or failed: the reason, no error. */
export const ensureGuestTools = async (io: SetupIo, place: Place): Promise<GuestToolsAnswer> => {
  try {
    return { tools: renderFacts(await installTools(wanted, io, place)) as unknown as GuestTools }
  } catch (error) {
    place.signal?.throwIfAborted()
    return decline(error)
  }
}
