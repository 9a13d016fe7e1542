import { ownPatterns } from './own-patterns.ts'

export const hidden = '[redacted]'

type Span = readonly [from: number, until: number]

/** Overlapping ones become one; each is hidden once. */
export const hideSpans = (text: string, spans: readonly Span[]): string => {
  let shown = ''
  let at = 0
  for (const [from, until] of [...spans].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (until <= at) continue
    if (from >= at) shown += text.slice(at, from) + hidden
    at = until
  }
  return shown + text.slice(at)
}

export const ownSpans = (text: string): Span[] =>
  ownPatterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((found): Span => {
      const secret = found.length > 1 ? (found.at(-1) ?? '') : found[0]
      const until = found.index + found[0].length
      const quotes = secret.length > 1 && /^(["'])[\s\S]*\1$/.test(secret) ? 1 : 0
      return [until - secret.length + quotes, until - quotes]
    }),
  )

const everywhere = (text: string, secret: string): Span[] => {
  const spans: Span[] = []
  for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + secret.length))
    spans.push([at, at + secret.length])
  return spans
}

/** Its range is not always that of the secret (that of its AWS rule begins too early), so what it names is hidden too. */
interface Finding {
  readonly range: readonly [number, number] | readonly number[]
  readonly data?: unknown
}

export const findingSpans = (text: string, { range, data }: Finding): Span[] => {
  const [from = 0, until = 0] = range
  const rest = /^[A-Za-z0-9+/=_.~-]*/.exec(text.slice(until))?.[0] ?? ''
  const named = typeof data === 'object' && data !== null ? Object.values(data) : []
  const secrets = named.filter((one): one is string => typeof one === 'string' && one.length > 3)
  return [[from, until + rest.length], ...secrets.flatMap((secret) => everywhere(text, secret))]
}

/** More than this of one text is never shown, and so need not be looked at. At the cut may stand half a secret. */
const longest = 32_000
const edge = 1000

export type Redact = (text: string) => Promise<string>

/**
 * The rules of secretlint (MIT, https://github.com/secretlint/secretlint), without the one that lets a comment in the
 * text switch the others off: here the text is the suspect.
 */
export const openRedactor = async (): Promise<Redact> => {
  const [{ lintSource }, preset] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ])
  const rules = preset.rules
    .filter(({ meta }) => meta.id !== '@secretlint/secretlint-rule-filter-comments')
    // Ids of keys are no secrets, but they lead to whose they are; the rule leaves them out unless it is asked.
    .map((rule) => ({
      id: rule.meta.id,
      rule,
      options: rule.meta.id.endsWith('-aws') ? { enableIDScanRule: true } : {},
    }))
  const config = { rules }
  const known = new Map<string, string>()
  return async (whole) => {
    const before = known.get(whole)
    if (before !== undefined) return before
    const content = whole.slice(0, longest)
    const source = { content, filePath: 'transcript.txt', ext: '.txt', contentType: 'text' } as const
    const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true } })
    const cut: Span[] = whole.length > longest ? [[longest - edge, longest]] : []
    const spans = [...messages.flatMap((one) => findingSpans(content, one)), ...ownSpans(content), ...cut]
    const shown = hideSpans(content, spans)
    known.set(whole, shown)
    return shown
  }
}

/** Every text of an answer, however deep: nothing gets past it to a screen or a file. */
export const redactDeep = async <T>(value: T, redact: Redact): Promise<T> => {
  if (typeof value === 'string') return (await redact(value)) as T
  if (Array.isArray(value)) {
    const shown: unknown[] = []
    for (const one of value) shown.push(await redactDeep(one, redact))
    return shown as T
  }
  if (typeof value !== 'object' || value === null) return value
  const shown: [string, unknown][] = []
  for (const [name, one] of Object.entries(value)) shown.push([name, await redactDeep(one, redact)])
  return Object.fromEntries(shown) as T
}
