import * as z from 'zod'
import { UserError } from '../config/user-error.ts'

/** What a build and `image:verify` note about an image, as far as a copy of it needs it. */
const schema = z.looseObject({ imageId: z.string(), payload: z.string().regex(/^[0-9a-f]{64}$/) })

export interface CopyRecord {
  /** verification.json of the copy: the checks are those of the original, whose bytes it has. */
  readonly text: string
  /** sha256 of the payload that the checks are in. */
  readonly payload: string
}

export interface CopyPlace {
  readonly from: { readonly region: string; readonly imageId: string }
  readonly imageId: string
}

/** @param where for people: which object the text came from */
export const planCopyRecord = (text: string, where: string, { from, imageId }: CopyPlace): CopyRecord => {
  try {
    const record = schema.parse(JSON.parse(text))
    const copied = { ...record, imageId, copiedFrom: from }
    return { text: `${JSON.stringify(copied, null, 2)}\n`, payload: record.payload }
  } catch (cause) {
    throw new UserError(`${where} is no record of a verification: ${(cause as Error).message}`, {
      hint: 'npm run image:build -- --rebuild writes a new one',
      cause,
    })
  }
}
