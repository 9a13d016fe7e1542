import type { Paths } from '../../config/paths.ts'
import type { Settings } from '../../config/settings.ts'
import { type BlockFile, type Change, decideBlock, decideWhole } from '../../laptop/changes.ts'
import { type LaptopPlace, planLaptopPlace } from '../../laptop/place.ts'
import { type LaptopAws, planLaptopAws } from '../../laptop/profiles.ts'
import type { LaptopRecord } from '../../laptop/record.ts'
import { renderLaptop, type WholeFile } from '../../laptop/render.ts'
import type { StartFile } from '../../laptop/start-file.ts'
import { findFile, readLaptopSources, recordOf, refuseLinkedFolder } from './look.ts'

/** What the settings ask for. */
export interface Wanted {
  readonly aws: LaptopAws
  readonly place: LaptopPlace
  readonly whole: readonly WholeFile[]
  readonly blocks: readonly BlockFile[]
}

export const planWanted = (
  settings: Settings,
  paths: Paths,
  home: string,
  startFile: StartFile | undefined,
): Wanted => {
  const place = planLaptopPlace(home)
  const aws = planLaptopAws(settings)
  const { whole, steering } = renderLaptop(readLaptopSources(paths), aws, place)
  const block = (path: string, style: BlockFile['style'], lines: readonly string[], start = false) => ({
    ...{ path, style, lines, start },
  })
  const blocks = [block(place.steering, 'markdown', steering)]
  if (startFile !== undefined) blocks.push(block(startFile.path, 'shell', startFile.lines, true))
  return { aws, place, whole, blocks }
}

export interface SetupPlan extends Wanted {
  readonly record: LaptopRecord
  readonly changes: readonly Change[]
}

export const planSetup = (wanted: Wanted): SetupPlan => {
  const { place, whole, blocks } = wanted
  refuseLinkedFolder(place)
  const record = recordOf(place)
  const changes = [
    ...whole.map((file) => decideWhole(file, findFile(file.path), record)),
    ...blocks.map((file) => decideBlock(file, findFile(file.path), record)),
  ].filter((change) => change !== undefined)
  return { ...wanted, record, changes }
}
