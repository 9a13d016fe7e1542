import { setFlagsFromString } from 'node:v8'

/**
 * For a process that carries bytes for hours: V8 keeps its heap small instead of growing it for speed. The flag is one
 * of those that are asked at each collection, so it may be set late; without it a gigabyte leaves 200 MB behind, of
 * which a fifth is in use. https://github.com/nodejs/node/blob/v20.19.0/deps/v8/src/heap/heap.cc (ShouldOptimizeForMemoryUsage)
 */
export const staySmall = (): void => setFlagsFromString('--optimize-for-size')
