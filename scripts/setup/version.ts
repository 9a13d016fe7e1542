/** Terraform's own style of version: three numbers, perhaps a pre-release behind a hyphen. */
const shape = /^v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/

interface Version {
  readonly numbers: readonly number[]
  readonly preview: boolean
}

export const parseVersion = (text: string): Version | undefined => {
  const parts = shape.exec(text.trim())
  if (parts === null) return undefined
  return { numbers: [1, 2, 3].map((index) => Number(parts[index])), preview: parts[4] !== undefined }
}

const compare = (left: readonly number[], right: readonly number[]): number => {
  const differing = left.findIndex((number, index) => number !== right[index])
  return differing === -1 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0)
}

const holds: Readonly<Record<string, (order: number) => boolean>> = {
  '>=': (order) => order >= 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '<': (order) => order < 0,
  '=': (order) => order === 0,
}

/**
 * `>=1.11.0 <2.0.0`: all comparators must hold. That is all our pins use, twenty lines against a package.
 * Previews are never accepted: Terraform's alphas write state files that releases refuse.
 */
export const acceptsVersion = (range: string, text: string): boolean => {
  const version = parseVersion(text)
  if (version === undefined || version.preview) return false
  return range.split(/\s+/).every((comparator) => {
    const parts = /^(>=|<=|>|<|=)(.+)$/.exec(comparator)
    const bound = parseVersion(parts?.[2] ?? '')
    const test = holds[parts?.[1] ?? '']
    if (bound === undefined || test === undefined) throw new Error(`not a version range: ${range}`)
    return test(compare(version.numbers, bound.numbers))
  })
}
