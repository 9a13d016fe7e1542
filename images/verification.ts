import * as z from 'zod'
import { UserError } from '../config/user-error.ts'

const checkSchema = z.object({ name: z.string().min(1), ok: z.boolean(), detail: z.string().default('') })

const reportSchema = z.object({
  checks: z.array(checkSchema).min(1),
  notChecked: z.array(z.object({ name: z.string(), reason: z.string() })).default([]),
})

export type Check = z.infer<typeof checkSchema>
export type VerifyReport = z.infer<typeof reportSchema>

/** What verify.sh printed on the machine. Anything but its document is a failure, never a pass. */
export const parseReport = (text: string): VerifyReport => {
  try {
    return reportSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new UserError(
      `the verification did not say what it found: ${text.trim().slice(-200) || 'nothing'}`,
      {
        hint: 'npm run image:verify -- --keep-on-error leaves the machine for a look',
        cause,
      },
    )
  }
}

export const listFailed = ({ checks }: VerifyReport): Check[] => checks.filter(({ ok }) => !ok)

/** For people: one line per check, failures last so that they are seen. */
export const renderReport = ({ checks, notChecked }: VerifyReport): string => {
  const width = Math.max(...[...checks, ...notChecked].map(({ name }) => name.length))
  const line = (mark: string, name: string, detail: string) =>
    `${mark} ${name.padEnd(width)}  ${detail}`.trimEnd()
  return [
    ...checks.filter(({ ok }) => ok).map(({ name, detail }) => line('ok  ', name, detail)),
    ...notChecked.map(({ name, reason }) => line('-   ', name, `not checked: ${reason}`)),
    ...checks.filter(({ ok }) => !ok).map(({ name, detail }) => line('FAIL', name, detail)),
  ].join('\n')
}
