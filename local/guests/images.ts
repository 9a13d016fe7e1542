import type { EngineImage } from '../engine/engine.ts'
import type { BookImage } from './books.ts'
import type { Machine, MachineTools } from './machine.ts'
import { imageNameOf } from './plan-container.ts'

export type Capture =
  | { readonly kind: 'commit'; readonly imageId: string; readonly from: string; readonly reboot: boolean }
  | { readonly kind: 'copy'; readonly imageId: string; readonly from: string }
  | { readonly kind: 'fail'; readonly imageId: string; readonly reason: string }

/** What has to be done for the images that are pending in the books. Images whose source is pending too wait. */
export const planCaptures = (images: readonly BookImage[]): Capture[] => {
  const byId = new Map(images.map((image) => [image.imageId, image]))
  return images
    .filter(({ state }) => state === 'pending')
    .flatMap(({ imageId, sourceInstanceId, sourceImageId, noReboot }): Capture[] => {
      if (sourceInstanceId !== null)
        return [{ kind: 'commit', imageId, from: sourceInstanceId, reboot: !noReboot }]
      if (sourceImageId === null) return [{ kind: 'fail', imageId, reason: 'its source is unknown' }]
      if (byId.get(sourceImageId)?.state === 'pending') return []
      return [{ kind: 'copy', imageId, from: sourceImageId }]
    })
}

const prefix = imageNameOf('')

/** Contents whose image is gone from the books. */
export const planRemovals = (images: readonly BookImage[], held: readonly EngineImage[]): string[] => {
  const known = new Set(images.map(({ imageId }) => imageNameOf(imageId)))
  return held.flatMap(({ names }) => names).filter((name) => name.startsWith(prefix) && !known.has(name))
}

/** On EC2 the machine is stopped for the snapshot unless NoReboot says otherwise, and the image holds what was on disk then. */
const commit = async (
  tools: MachineTools,
  machine: Machine,
  imageId: string,
  reboot: boolean,
): Promise<void> => {
  const { instanceId } = machine.instance
  const state = await tools.engine.inspect(instanceId)
  if (state === undefined) throw new Error(`${instanceId} has no machine behind it`)
  const restart = state.running && reboot
  if (restart) await machine.halt()
  try {
    await tools.engine.commit(instanceId, imageNameOf(imageId), state.running && !reboot)
    await tools.books.changeImage(imageId, 'available')
  } finally {
    if (restart) await machine.boot()
  }
}

/** A stock image lies in a store that is only read: it gets a name of its own by way of a container that never runs. */
const copy = async (tools: MachineTools, capture: Capture & { kind: 'copy' }): Promise<void> => {
  const { engine, books } = tools
  const name = imageNameOf(capture.imageId)
  const held = await engine.listImages()
  if (held.some(({ names }) => names.includes(imageNameOf(capture.from))))
    await engine.tag(imageNameOf(capture.from), name)
  else {
    const image = await tools.stockImage()
    const temporary = `copy-${capture.imageId}`
    await engine.create(temporary, { Image: image })
    try {
      await engine.commit(temporary, name, false)
    } finally {
      await engine.remove(temporary)
    }
  }
  await books.changeImage(capture.imageId, 'available')
}

/** Brings the contents in line with the images of the books. */
export const captureImages = async (
  tools: MachineTools,
  machineOf: (instanceId: string) => Machine | undefined,
): Promise<void> => {
  const images = await tools.books.listImages()
  const giveUp = async (imageId: string, error: unknown) => {
    tools.log(`${imageId}: ${(error as Error).message}`)
    await tools.engine.removeImage(imageNameOf(imageId)).catch(() => {})
    await tools.books.changeImage(imageId, 'failed', `Server.InternalError: ${(error as Error).message}`)
  }
  for (const capture of planCaptures(images).filter(({ imageId }) => !tools.capturing.has(imageId))) {
    const { imageId } = capture
    const machine = capture.kind === 'commit' ? machineOf(capture.from) : undefined
    const work = async () => {
      if (capture.kind === 'copy') return copy(tools, capture)
      if (capture.kind === 'fail') throw new Error(capture.reason)
      if (machine === undefined) throw new Error(`${capture.from} has no machine behind it`)
      return commit(tools, machine, imageId, capture.reboot)
    }
    const job = () =>
      work()
        .catch((error: unknown) => giveUp(imageId, error))
        .finally(() => tools.capturing.delete(imageId))
    tools.capturing.add(imageId)
    if (machine === undefined) void job()
    else void machine.enqueue(`capture of ${imageId}`, job)
  }
  for (const name of planRemovals(images, await tools.engine.listImages()))
    await tools.engine.removeImage(name)
}
