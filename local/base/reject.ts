import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Base } from './find.ts'

/** Nobody chooses this base any more; what runs on it goes on. The next build of it begins anew. */
export const rejectBase = async ({ store }: Pick<Base, 'store'>): Promise<void> => {
  const folder = dirname(store)
  await rename(join(folder, 'base.json'), join(folder, 'rejected.json'))
}
