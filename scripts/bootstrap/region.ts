import { regionSchema } from '../../config/settings.ts'
import { usageError } from '../../config/user-error.ts'

export const parseRegion = (text: string): string => {
  const parsed = regionSchema.safeParse(text)
  if (!parsed.success)
    throw usageError(
      `--region "${text}" is not ${parsed.error.issues[0]?.message}`,
      'npm run bootstrap -- --region us-west-2',
    )
  return parsed.data
}
