import { z } from 'zod'
import { UserError } from '../config/user-error.ts'

/** What /etc/kiro-sandbox/manifest.json of an image says, as the build left it in the state bucket. */
const schema = z.looseObject({
  digest: z.string(),
  releasever: z.string(),
  packages: z.array(z.string()),
  files: z
    .array(z.object({ path: z.string(), sha256: z.string(), mode: z.string(), owner: z.string() }))
    .default([]),
  kiroCli: z.string().optional(),
  awsCli: z.string().optional(),
})

export type ImageRecord = z.infer<typeof schema>

/** @param where for people: which object it was */
export const parseRecord = (text: string, where: string): ImageRecord => {
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new UserError(`${where} is no manifest of an image: ${(cause as Error).message}`, {
      hint: 'npm run image:build -- --rebuild writes a new one',
      cause,
    })
  }
}
