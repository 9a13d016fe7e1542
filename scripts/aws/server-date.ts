interface Answer {
  readonly response: unknown
}

type Handler = (args: never) => Promise<Answer>

/** As much of a client as is needed here; every client of the SDK is one. */
interface Client {
  readonly middlewareStack: {
    // A method, so that clients of all services fit: each has inputs and outputs of its own.
    add(
      middleware: (next: Handler) => Handler,
      options: { readonly step: 'deserialize'; readonly name: string },
    ): void
  }
}

/** The time that the last answer of a client bore: the clock of AWS, not that of a laptop. */
export const watchServerDate = (client: Client): (() => Date) => {
  let date: string | undefined
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      date = (result.response as { headers?: Record<string, string> }).headers?.date ?? date
      return result
    },
    { step: 'deserialize', name: 'server-date' },
  )
  return () => {
    const time = Date.parse(date ?? '')
    if (Number.isNaN(time)) throw new Error(`AWS answered without a date: ${date}`)
    return new Date(time)
  }
}
