import * as z from 'zod'

// Constraints as in the API model of AWS: https://docs.aws.amazon.com/systems-manager/latest/APIReference/

export const instanceId = z.string().regex(/(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)/)
export const commandId = z.string().min(36).max(36)
export const target = z.object({
  Key: z.string().min(1).max(163),
  Values: z.array(z.string()).max(50).default([]),
})
export const commandFilters = z
  .array(z.object({ key: z.string(), value: z.string().min(1).max(128) }))
  .min(1)
  .max(5)
  .optional()
/** Of lists of commands. */
export const commandPage = z.number().int().min(1).max(50).default(50)
