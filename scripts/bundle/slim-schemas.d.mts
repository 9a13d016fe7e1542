import type { Plugin } from 'esbuild'

export const writeOutKeys: (source: string) => string
export const slimSchemas: Plugin
