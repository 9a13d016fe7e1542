import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { Certificates } from './certificates.ts'
import { isMirrorHost, serveMirror } from './mirror.ts'

/** One for all guests: the certificate is parsed once, and sessions of TLS are shared. */
export interface EndpointTls {
  readonly context: SecureContext
  readonly authority: Buffer
}

export const createEndpointTls = ({ authority, certificate, key }: Certificates): EndpointTls => ({
  context: createSecureContext({ cert: certificate, key, ca: authority }),
  authority,
})

export interface EndpointOptions {
  readonly tls: EndpointTls
  /** Answers calls of the AWS API, see local/gateway/guest-entrance.ts. */
  readonly listener: (message: IncomingMessage, response: ServerResponse) => void
  /** Packages in the layout of Amazon Linux 2023's mirror; undefined: there are none. */
  readonly mirror: string | undefined
  readonly log: (line: string) => void
}

/** For the connections of one guest, handed to it as those of metadata-server.ts are. */
export const createEndpointServer = ({ tls, listener, mirror, log }: EndpointOptions): Server => {
  const serve = (message: IncomingMessage, response: ServerResponse) => {
    if (!isMirrorHost(message.headers.host)) return listener(message, response)
    serveMirror(mirror, message, response).catch((error: NodeJS.ErrnoException) => {
      // Whoever has seen enough hangs up in the middle of a file.
      if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') log(`mirror: ${error.message}`)
      response.destroy()
    })
  }
  // An authority of its own keeps Node from reading all those of the system for a context that nobody gets to see.
  const server = createServer(
    { ca: tls.authority, SNICallback: (_name, give) => give(null, tls.context) },
    serve,
  )
  // As in server.ts of the gateway.
  server.keepAliveTimeout = 120_000
  return server
}
