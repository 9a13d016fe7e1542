import type { Reply } from '../gateway/reply.ts'
import type { Instance } from '../guests/instance.ts'
import type { RoleSessions } from './credentials.ts'
import { countHops } from './hops.ts'
import { renderDirectory, renderLeaf, renderProblem, renderRedirect } from './render.ts'
import type { Tokens } from './tokens.ts'
import { isDirectory, type Node, planTree } from './tree.ts'
import { versions } from './versions.ts'

/** Keys that were pushed for a minute, by the name of their user. */
export type KeysOf = (instanceId: string) => Readonly<Record<string, string>>

export interface MetadataDesk {
  readonly tokens: Tokens
  readonly sessions: RoleSessions
  readonly keysOf: KeysOf
}

export interface MetadataRequest {
  readonly method: string
  /** As it was sent, without the query. */
  readonly path: string
  /** Names in lower case. */
  readonly header: (name: string) => string | undefined
  /** Address of the caller. */
  readonly from: string
}

const ttlHeader = 'x-aws-ec2-metadata-token-ttl-seconds'
const longestTtl = 21_600
const tokenPath = '/latest/api/token'

const parseTtl = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined
  const seconds = Number(text)
  return seconds >= 1 && seconds <= longestTtl ? seconds : undefined
}

const issueToken = (desk: MetadataDesk, instance: Instance, request: MetadataRequest): Reply => {
  // A proxy that was talked into asking for somebody else adds this header; whoever asks for himself does not.
  if (request.header('x-forwarded-for') !== undefined) return renderProblem(403)
  const seconds = parseTtl(request.header(ttlHeader))
  if (seconds === undefined) return renderProblem(400)
  const token = desk.tokens.issue(instance.instanceId, seconds)
  return renderLeaf(token, [[ttlHeader, String(seconds)]])
}

/** undefined: there is no such path. */
const findNode = (root: Node, segments: readonly string[]): Node | undefined => {
  let node: Node = root
  for (const segment of segments) {
    if (!isDirectory(node) || !Object.hasOwn(node.entries, segment)) return undefined
    node = node.entries[segment] as Node
  }
  return node
}

const parseSegments = (path: string): string[] | undefined => {
  try {
    return path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent)
  } catch {
    return undefined
  }
}

const read = async (desk: MetadataDesk, instance: Instance, path: string): Promise<Reply> => {
  const [version, ...segments] = parseSegments(path) ?? ['']
  if (version === undefined) return renderLeaf(versions.join('\n'))
  if (!versions.includes(version)) return renderProblem(404)
  const node = findNode(
    planTree(instance, () => desk.sessions.find(instance), desk.keysOf(instance.instanceId)),
    segments,
  )
  if (node === undefined) return renderProblem(404)
  if (!isDirectory(node)) return renderLeaf(typeof node === 'function' ? await node() : node)
  // As on EC2: the upper two levels are listed either way, for the others clients are sent to the slash.
  return segments.length > 1 && !path.endsWith('/') ? renderRedirect(`${path}/`) : renderDirectory(node)
}

/**
 * The rules of IMDSv1 and IMDSv2; undefined: the answer does not arrive.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export const answerMetadata = async (
  desk: MetadataDesk,
  instance: Instance,
  request: MetadataRequest,
): Promise<Reply | undefined> => {
  const { endpoint, tokens, hopLimit } = instance.metadata
  const { method, path } = request
  const asksForToken = path === tokenPath
  // Only this answer has a short TTL, and so only this one gets lost on the way.
  if (asksForToken && method === 'PUT' && countHops(request.from, instance) > hopLimit) return undefined
  if (endpoint === 'disabled') return renderProblem(403)
  if (asksForToken && method === 'PUT') return issueToken(desk, instance, request)
  if (asksForToken || (method !== 'GET' && method !== 'HEAD')) return renderProblem(405)
  const token = request.header('x-aws-ec2-metadata-token')
  if (token === undefined) return tokens === 'required' ? renderProblem(401) : read(desk, instance, path)
  const left = desk.tokens.secondsLeft(instance.instanceId, token)
  if (left === 0) return renderProblem(401)
  const reply = await read(desk, instance, path)
  return { ...reply, headers: [...reply.headers, [ttlHeader, String(left)]] }
}
