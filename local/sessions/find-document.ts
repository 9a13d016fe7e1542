import { randomUUID } from 'node:crypto'
import type { Backend } from '../gateway/backend.ts'
import type { Request } from '../gateway/owners.ts'
import type { StoredDocument } from './owners.ts'

/** Asks moto as whoever asked us: the account and the region are theirs. */
export const createFindDocument =
  (backend: Pick<Backend, 'forward'>) =>
  async (name: string, { incoming, call }: Request): Promise<StoredDocument | undefined> => {
    const headers = incoming.headers.map(
      ([key, value]) => [key, key === 'x-amz-target' ? 'AmazonSSM.GetDocument' : value] as const,
    )
    const body = Buffer.from(JSON.stringify({ Name: name, DocumentFormat: 'JSON' }))
    const reply = await backend.forward(
      { ...incoming, id: randomUUID(), headers, body },
      { ...call, operation: 'GetDocument', label: 'ssm/GetDocument' },
    )
    const said = JSON.parse(reply.body.toString()) as {
      readonly DocumentType?: string
      readonly Content?: string
    }
    if (reply.status !== 200) return undefined
    return { type: said.DocumentType ?? '', content: said.Content ?? '' }
  }
