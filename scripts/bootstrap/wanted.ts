import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { names } from '../../config/names.ts'
import type { BootstrapContext } from './stack.ts'
import { type BootstrapNames, renderTemplate } from './template.ts'

/** The template of this release, as it is for this account and region. */
export const readWantedTemplate = async ({
  target,
  paths,
}: Pick<BootstrapContext, 'target' | 'paths'>): Promise<{ text: string; given: BootstrapNames }> => {
  const given = {
    BucketName: names.stateBucket(target.accountId, target.region),
    LogBucketName: names.stateLogBucket(target.accountId, target.region),
  }
  const text = await readFile(join(paths.root, 'stacks', 'bootstrap.yaml'), 'utf8')
  return { text: renderTemplate(text, given), given }
}
