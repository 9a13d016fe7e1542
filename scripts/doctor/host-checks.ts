import type { Paths } from '../../config/paths.ts'
import type { Settings } from '../../config/settings.ts'
import type { Io } from '../cli/io.ts'
import { openPlace } from '../setup/ensure.ts'
import type { Check } from './check.ts'
import { decideDisk, findDisk } from './disk.ts'
import { decideLocal, findLocalFacts } from './local-target.ts'
import { findMachineFacts } from './machine-facts.ts'
import { decideMachineFindings } from './machine-findings.ts'
import { decidePackages, findPackages } from './packages.ts'
import { decideSso, findSsoLogin } from './sso.ts'
import { decideTool, findToolFacts } from './tools.ts'

const group = 'this computer'

/** What needs no AWS. @param settings undefined: they could not be read, which is a finding of its own */
export const listHostChecks = (paths: Paths, settings: Settings | undefined, io: Io, now: Date): Check[] => [
  {
    ...{ group, name: 'tools' },
    look: async () => (await findToolFacts(openPlace(io, paths, process.env))).map(decideTool),
  },
  { group, name: 'packages', look: async () => [decidePackages(...(await findPackages(paths.root)))] },
  { group, name: 'disk', look: async () => [decideDisk(await findDisk(paths.state))] },
  { group, name: 'sso', look: async () => decideSso(await findSsoLogin(process.env, now), now) },
  ...(settings?.target === 'local' ? listLocalChecks(paths, settings, io) : []),
]

const listLocalChecks = (paths: Paths, settings: Settings, io: Io): Check[] => {
  const local = 'local target'
  return [
    { group: local, name: 'daemon', look: async () => [decideLocal(await findLocalFacts(paths))] },
    {
      ...{ group: local, name: 'machines' },
      look: async () => decideMachineFindings(await findMachineFacts(paths, settings, io)),
    },
  ]
}
