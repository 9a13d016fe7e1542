import { createHash } from 'node:crypto'
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ImageSource } from '../../../local/base/registry.ts'

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const

interface Content {
  readonly type: string
  readonly size: number
  /** Where it lies, unless it is small. */
  readonly file?: string
  readonly text?: string
}

const digestOf = (content: string | Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`

const digestOfFile = async (file: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part)
  return `sha256:${hash.digest('hex')}`
}

/**
 * A registry with one repository, and a mirror of packages beside it, on 127.0.0.1.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export class Registry {
  readonly requests: string[] = []
  /** Layers end after so many bytes. */
  tearAfter: number | undefined
  private readonly contents = new Map<string, Content>()
  private readonly server = createServer((request, response) => {
    const path = request.url ?? '/'
    this.requests.push(`${request.method} ${path}`)
    if (path.startsWith('/al2023/')) return this.serveFile(path, response)
    if (path === '/v2/')
      return void response.writeHead(200, { 'docker-distribution-api-version': 'registry/2.0' }).end('{}')
    const content = this.contents.get(/sha256:[0-9a-f]{64}$/.exec(path)?.[0] ?? '')
    if (content === undefined) return void response.writeHead(404).end('{"errors":[]}')
    this.serve(content, request.method === 'HEAD', response)
  })
  private readonly mirror: string

  /** @param mirror folder that holds al2023/ */
  constructor(mirror: string) {
    this.mirror = mirror
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve))
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  sourceOf(digest: string): ImageSource {
    return { registry: this.address, repository: 'amazonlinux/amazonlinux', digest }
  }

  private serveFile(path: string, response: ServerResponse): void {
    try {
      response.end(readFileSync(join(this.mirror, decodeURIComponent(path))))
    } catch {
      response.writeHead(404).end()
    }
  }

  private serve({ type, size, file, text }: Content, head: boolean, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': type, 'content-length': size })
    if (head) return void response.end()
    if (file === undefined) return void response.end(text)
    if (this.tearAfter === undefined) return void createReadStream(file).pipe(response)
    createReadStream(file, { end: this.tearAfter })
      .on('end', () => response.destroy())
      .pipe(response, { end: false })
  }

  /** Served at this digest, be it its own or not. */
  put(digest: string, type: keyof typeof types, text: string): void {
    this.contents.set(digest, { type: types[type], size: Buffer.byteLength(text), text })
  }

  private add(type: keyof typeof types, value: object): { mediaType: string; digest: string; size: number } {
    const text = JSON.stringify(value)
    this.put(digestOf(text), type, text)
    return { mediaType: types[type], digest: digestOf(text), size: Buffer.byteLength(text) }
  }

  /** An image of one layer; what a list of architectures says of it. */
  async addImage(layerFile: string, architecture: 'amd64' | 'arm64') {
    const digest = await digestOfFile(layerFile)
    const { size } = statSync(layerFile)
    this.contents.set(digest, { type: types.layer, size, file: layerFile })
    const config = this.add('config', {
      ...{ architecture, os: 'linux', config: { Cmd: ['/bin/bash'] } },
      rootfs: { type: 'layers', diff_ids: [digest] },
    })
    const layers = [{ mediaType: types.layer, digest, size }]
    const manifest = this.add('manifest', { schemaVersion: 2, mediaType: types.manifest, config, layers })
    return { ...manifest, platform: { architecture, os: 'linux' } }
  }

  /** @returns the digest that is pinned */
  addList(manifests: readonly object[]): string {
    return this.add('index', { schemaVersion: 2, mediaType: types.index, manifests }).digest
  }

  close(): Promise<void> {
    this.server.closeAllConnections()
    return new Promise((resolve) => void this.server.close(() => resolve()))
  }
}
