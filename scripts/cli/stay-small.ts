import { setFlagsFromString } from 'node:v8'

/**
 * For a process that carries bytes for hours, or waits for Terraform: V8 keeps its heap small instead of growing it for
 * speed. Both flags are of those that are asked at each collection, so they may be set late. Without the first a
 * gigabyte leaves 200 MB behind, of which a fifth is in use; without the second the room for young objects grows to
 * three times 16 MB and stays. https://github.com/nodejs/node/blob/v20.19.0/deps/v8/src/heap/heap.cc
 * (ShouldOptimizeForMemoryUsage), https://github.com/nodejs/node/blob/v20.19.0/deps/v8/src/heap/new-spaces.cc (Grow)
 */
export const staySmall = (): void => {
  setFlagsFromString('--optimize-for-size')
  setFlagsFromString('--semi-space-growth-factor=1')
}
