/**
 * Order of versions as RPM has it: runs of digits are numbers, runs of letters are text, a number beats text,
 * whatever else only separates; `~` sorts before the end, `^` after it.
 * https://rpm-software-management.github.io/rpm/man/rpm-version.7
 */
const tokens = (version: string): string[] => version.match(/\d+|[A-Za-z]+|~|\^/g) ?? []

/** Of one token, or of the end, against the end. */
const rank = (token: string | undefined): number => {
  if (token === '~') return 0
  if (token === undefined) return 1
  if (token === '^') return 2
  return /^\d/.test(token) ? 4 : 3
}

const compareTokens = (a: string | undefined, b: string | undefined): number => {
  if (rank(a) !== rank(b)) return rank(a) - rank(b)
  if (a === undefined || b === undefined || a === b) return 0
  if (rank(a) !== 4) return a < b ? -1 : 1
  const [x, y] = [BigInt(a), BigInt(b)]
  return x === y ? 0 : x < y ? -1 : 1
}

const compareParts = (a: string, b: string): number => {
  const [left, right] = [tokens(a), tokens(b)]
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const order = compareTokens(left[at], right[at])
    if (order !== 0) return order
  }
  return 0
}

export interface Nevra {
  readonly name: string
  readonly epoch: number
  readonly version: string
  readonly release: string
  readonly arch: string
}

/** undefined: not name-epoch:version-release.arch. */
export const parseNevra = (text: string): Nevra | undefined => {
  const [, name, epoch, version, release, arch] = /^(.+)-(\d+):([^-:]+)-([^-:]+)\.([^.]+)$/.exec(text) ?? []
  return name === undefined || version === undefined || release === undefined || arch === undefined
    ? undefined
    : { name, epoch: Number(epoch), version, release, arch }
}

/** Negative: a is older than b. Of packages of one name. */
export const compareNevra = (a: Nevra, b: Nevra): number =>
  a.epoch - b.epoch || compareParts(a.version, b.version) || compareParts(a.release, b.release)

/** As dnf shows it: the epoch only where there is one. */
export const renderVersion = ({ epoch, version, release }: Nevra): string =>
  `${epoch === 0 ? '' : `${epoch}:`}${version}-${release}`
