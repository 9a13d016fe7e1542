/** The level of the official plugin whose behaviour we have: the agent picks features by it. Four parts, or none. */
export const clientVersion = '1.2.764.0'

const parts = (version: string): number[] | undefined =>
  /^\d+(\.\d+)*$/.test(version) ? version.split('.').map(Number) : undefined

/** -1, 0 or 1, part by part; undefined when one is no version or they have different numbers of parts. */
export const compareVersions = (a: string, b: string): number | undefined => {
  const left = parts(a)
  const right = parts(b)
  if (left === undefined || right === undefined || left.length !== right.length) return undefined
  const index = left.findIndex((part, place) => part !== right[place])
  return index === -1 ? 0 : Math.sign((left[index] ?? 0) - (right[index] ?? 0))
}

const isAfter = (version: string, other: string): boolean => compareVersions(version, other) === 1

/** What a client may expect of an agent of this version. Both ends decide alone, so they must agree. */
export const planAgentFeatures = (agentVersion: string) => ({
  /** Many connections over one channel, for `LocalPortForwarding`. */
  multiplex: isAfter(agentVersion, '3.0.196.0'),
  /** No keep-alive frames in the multiplexer. */
  quiet: isAfter(agentVersion, '3.1.1511.0'),
  /** Ends a port session when told by a flag. */
  terminateFlag: isAfter(agentVersion, '2.3.722.0'),
})

const threeParts = (version: string): string => version.split('.').slice(0, 3).join('.')
const isAtLeast = (version: string, other: string): boolean =>
  (compareVersions(threeParts(version), other) ?? -1) >= 0

/** The same from the agent's side. */
export const planClientFeatures = (version: string) => ({
  multiplex: isAtLeast(version, '1.1.70'),
  quiet: isAtLeast(version, '1.2.332'),
  separateOutput: isAtLeast(version, '1.2.296'),
})
