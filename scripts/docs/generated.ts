import { join } from 'node:path'
import { renderSettingsSchema } from '../../config/parse-settings.ts'
import type { Paths } from '../../config/paths.ts'
import { catalogue } from '../catalogue.ts'
import { renderCommandTable, replaceBetween } from './command-table.ts'

export interface GeneratedFile {
  readonly file: string
  render(before: string): Promise<string>
}

export const planGeneratedFiles = ({ root }: Paths): GeneratedFile[] => [
  { file: join(root, 'config', 'settings.schema.json'), render: async () => renderSettingsSchema() },
  {
    file: join(root, 'README.md'),
    render: async (before) => {
      const commands = await Promise.all(Object.values(catalogue).map(async (load) => (await load()).command))
      return replaceBetween(before, 'commands', renderCommandTable(commands))
    },
  },
]
