/** Milliseconds before the first retry lie between these two; that clients which were cut together do not come back together. */
const first = { least: 100, most: 200 } as const
const longest = 5000

/** Milliseconds before a retry. @param tries that have failed so far, from 1 @param luck 0 to 1 */
export const planBackOff = (tries: number, luck: number): number =>
  Math.min(longest, (first.least + luck * (first.most - first.least)) * 2 ** Math.min(tries - 1, 10))
