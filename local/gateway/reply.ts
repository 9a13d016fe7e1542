/** An answer, whole. */
export interface Reply {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

/** The error code of an answer, wherever its protocol puts it. */
export const parseErrorCode = (reply: Reply): string | undefined => {
  if (reply.status < 400) return undefined
  const header = reply.headers.find(([name]) => name.toLowerCase() === 'x-amzn-errortype')?.[1]
  if (header !== undefined) return header.split(/[:#]/)[0]
  const text = reply.body.toString('utf8', 0, 4096)
  return (
    /<Code>([^<]+)<\/Code>/.exec(text)?.[1] ??
    /"(?:__type|code)"\s*:\s*"(?:[^"#]*#)?([^"]+)"/.exec(text)?.[1] ??
    String(reply.status)
  )
}
