import { readFile } from 'node:fs/promises'

/**
 * The SDK's schemas with the names of their traits written out: `{ [_xN]: _ii }` becomes `{ "xmlName": _ii }`.
 * A computed key may run code when it is read, as far as esbuild knows, so it keeps every schema that has one: of EC2
 * that is 1841 where our commands need 240. Reading those at the start is most of what a command of EC2 holds in memory.
 */
export const writeOutKeys = (source) => {
  const values = new Map(
    [...source.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)].map(([, name, text]) => [name, text]),
  )
  return source.replace(/\[(_\w+)\]:/g, (whole, name) => (values.has(name) ? `${values.get(name)}:` : whole))
}

export const slimSchemas = {
  name: 'slim-schemas',
  setup: (build) => {
    build.onLoad(
      { filter: /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/]\w+\.js$/ },
      async ({ path }) => ({
        contents: writeOutKeys(await readFile(path, 'utf8')),
        loader: 'js',
      }),
    )
  },
}
