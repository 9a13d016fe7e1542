import { fileURLToPath } from 'node:url'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))

/** Packages of which the bundle takes less than they give. */
const standIns = { archiver: here('archiver.cjs'), undici: here('undici.cjs') }

export const useStandIns = {
  name: 'stand-ins',
  setup: (build) => {
    build.onResolve({ filter: new RegExp(`^(${Object.keys(standIns).join('|')})$`) }, ({ path }) => ({
      path: standIns[path],
    }))
  },
}
