import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { type Finding, fine, wrong } from '../../config/finding.ts'

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      link: z.boolean().optional(),
      optional: z.boolean().optional(),
      peer: z.boolean().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
    }),
  ),
})

export type Packages = z.infer<typeof lockSchema>['packages']

const what = 'npm packages'

/** @param installed what npm wrote down beside the packages; undefined: nothing is installed */
export const decidePackages = (wanted: Packages, installed: Packages | undefined): Finding => {
  if (installed === undefined) return wrong(what, 'none are installed', 'npm ci')
  const names = Object.keys(wanted).filter((name) => name !== '' && wanted[name]?.link !== true)
  const differ = names.filter((name) => {
    const [want, is] = [wanted[name], installed[name]]
    // `npm ci --omit=dev`, and packages for another system.
    if (is === undefined) return !(want?.optional || want?.peer || want?.dev || want?.devOptional)
    return want?.version !== is.version
  })
  if (differ.length === 0) return fine(what, `${names.length}, as package-lock.json has them`)
  const [first = ''] = differ
  const shown = first.replace(/^.*node_modules\//, '')
  const rest = differ.length === 1 ? '' : ` and ${differ.length - 1} more`
  return wrong(
    what,
    `${shown}${rest} not as package-lock.json has them (${installed[first]?.version ?? 'not there'} instead of ${wanted[first]?.version})`,
    'npm ci',
  )
}

export const parsePackages = (text: string): Packages => lockSchema.parse(JSON.parse(text)).packages

export const findPackages = async (root: string): Promise<[Packages, Packages | undefined]> => {
  const wanted = parsePackages(await readFile(join(root, 'package-lock.json'), 'utf8'))
  try {
    const text = await readFile(join(root, 'node_modules', '.package-lock.json'), 'utf8')
    return [wanted, parsePackages(text)]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return [wanted, undefined]
  }
}
