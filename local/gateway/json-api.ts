import type { z } from 'zod'
import type { AwsError } from './errors.ts'
import { renderAwsError } from './errors.ts'
import type { Owner, Request } from './owners.ts'
import type { Reply } from './reply.ts'
import { parseInput } from './validate-input.ts'

/** Thrown by a handler: the call is answered with this error, and nothing is a bug. */
export class Refusal extends Error {
  readonly aws: AwsError
  constructor(code: string, message: string, status = 400) {
    super(message)
    this.aws = { status, code, message }
  }
}

/** What the local target cannot do, it says. No SDK retries a 501. */
export const notHere = (what: string): Refusal =>
  new Refusal('UnsupportedOperation', `The local target does not do this: ${what}`, 501)

export const renderJson = (value: unknown, id: string): Reply => ({
  status: 200,
  headers: [
    ['content-type', 'application/x-amz-json-1.1'],
    ['x-amzn-requestid', id],
  ],
  body: Buffer.from(JSON.stringify(value)),
})

const unknownForm = (operation: string): AwsError => ({
  ...{ status: 404, code: 'UnknownOperationException' },
  message: `${operation} is asked for in JSON, with x-amz-target.`,
})

/** An owner of an operation that speaks AWS JSON 1.1: what it takes is checked as AWS checks it. */
export const answerJson =
  <Schema extends z.ZodType>(
    schema: Schema,
    handle: (input: z.output<Schema>, request: Request) => unknown,
  ): Owner =>
  async (request) => {
    const { incoming, call } = request
    // Policies were asked about the body as its protocol reads it; what is read as JSON here has to be JSON there.
    if (call.protocol !== 'json') return renderAwsError(call, unknownForm(call.operation), incoming.id)
    try {
      const input = parseInput(schema, incoming.body)
      if (!input.ok) return renderAwsError(call, input.error, incoming.id)
      return renderJson(await handle(input.value, request), incoming.id)
    } catch (error) {
      if (error instanceof Refusal) return renderAwsError(call, error.aws, incoming.id)
      throw error
    }
  }
