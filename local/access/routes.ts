/** An operation of a REST service: `GET /2015-03-31/functions/{FunctionName}`. */
export interface Route {
  readonly operation: string
  readonly method: string
  readonly uri: string
}

export interface Matched {
  readonly operation: string
  /** What stands in the path, by the name of the member. */
  readonly labels: Readonly<Record<string, string>>
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

const compile = ({ operation, method, uri }: Route) => {
  const [path = '', query = ''] = uri.split('?')
  const names: string[] = []
  const source = path
    .split(/(\{[^}]+\})/)
    .map((part) => {
      if (!part.startsWith('{')) return literal(part)
      names.push(part.replace(/[{}+]/g, ''))
      return part.endsWith('+}') ? '(.+)' : '([^/]+)'
    })
    .join('')
  return { operation, method, query, names, pattern: new RegExp(`^${source.replace(/\/$/, '')}/?$`) }
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export type FindRoute = (method: string, path: string, query: string) => Matched | undefined

/** The one with the fewest variables wins: `/functions/{x}` also fits `/functions/event-source-mappings`. */
export const compileRoutes = (routes: readonly Route[]): FindRoute => {
  const compiled = routes
    .map(compile)
    .sort((a, b) => a.names.length - b.names.length || b.query.length - a.query.length)
  return (method, path, query) => {
    for (const { pattern, names, operation, ...route } of compiled) {
      if (route.method !== method || (route.query !== '' && !query.split('&').includes(route.query))) continue
      const found = pattern.exec(path)
      if (found !== null)
        return {
          operation,
          labels: Object.fromEntries(names.map((name, index) => [name, decode(found[index + 1] ?? '')])),
        }
    }
    return undefined
  }
}
