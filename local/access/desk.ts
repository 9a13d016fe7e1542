import type { Reply } from '../gateway/reply.ts'
import { createFactCache } from './fact-cache.ts'
import type { Facts, Identity } from './identity.ts'
import { compileRoutes, type FindRoute, type Route } from './routes.ts'

export type Ask = (method: string, target: string) => Promise<Reply>

/** What the books are asked for, and for how long the answers are kept. */
export interface AccessBooks {
  /** Kept until somebody writes to IAM. undefined: nobody's key. */
  findIdentity(accessKeyId: string): Promise<Identity | undefined>
  /** Kept until somebody writes to their service. */
  findFacts(arns: readonly string[]): Promise<Readonly<Record<string, Facts>>>
  /** Kept for good: they come with the models of AWS. */
  findRoutes(service: string): Promise<FindRoute>
  /** After a call of this service that may have changed something. */
  changed(service: string): void
}

export const openAccessBooks = (ask: Ask): AccessBooks => {
  const identities = new Map<string, Identity>()
  const routes = new Map<string, Promise<FindRoute>>()
  let generation = 0

  const get = async <T>(target: string): Promise<T | undefined> => {
    const { status, body } = await ask('GET', `/_shim/${target}`)
    if (status === 404) return undefined
    if (status !== 200) throw new Error(`the books answered ${status} to ${target}: ${body}`)
    return JSON.parse(body.toString()) as T
  }
  const askRoutes = async (service: string): Promise<FindRoute> => {
    const found = await get<{ routes: Route[] }>(`routes?service=${encodeURIComponent(service)}`)
    return compileRoutes(found?.routes ?? [])
  }
  const facts = createFactCache(async (arns) => {
    const query = arns.map((arn) => `arn=${encodeURIComponent(arn)}`).join('&')
    return (await get<{ facts: Record<string, Facts> }>(`facts?${query}`))?.facts ?? {}
  })
  return {
    async findIdentity(accessKeyId) {
      const known = identities.get(accessKeyId)
      if (known !== undefined) return known
      const asked = generation
      const found = await get<Identity>(`identity?access_key_id=${encodeURIComponent(accessKeyId)}`)
      // As in principals.ts: an answer that overlaps with a change is used once, not kept.
      if (found !== undefined && asked === generation) identities.set(accessKeyId, found)
      return found
    },
    findFacts: facts.find,
    findRoutes(service) {
      const known = routes.get(service) ?? askRoutes(service)
      routes.set(service, known)
      known.catch(() => routes.delete(service))
      return known
    },
    changed(service) {
      facts.changed(service)
      // A stack may hold roles and policies.
      if (service !== 'iam' && service !== 'cloudformation') return
      generation += 1
      identities.clear()
    },
  }
}
